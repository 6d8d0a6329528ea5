"""Room that is kept free beside the ledger, for the replies that are under way when a disk fills up.

They were paid for when the first of them could no longer be written.
"""

import contextlib
import os
from pathlib import Path

from builders.errors import WorldError

SIZE = 8 * 2**20  # bytes: some 500 replies of 8 KB, each of which is written twice


class Spare:
    """A file that takes room until it is needed. WorldError where there is no room for it at the start."""

    def __init__(self, ledger: Path) -> None:
        self.path = ledger.with_name(ledger.name + ".spare")
        try:
            self.release()  # what is there may be a link
            with self.path.open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, SIZE)
        except OSError as problem:
            with contextlib.suppress(OSError):
                self.release()
            raise WorldError(
                f"the disk of the ledger {ledger} has no room for {SIZE // 2**20} MiB ({problem.strerror}); free some before it asks"
            ) from problem

    def release(self) -> bool:
        """Gives the room back; whether there was any."""
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
            return True
        return False
