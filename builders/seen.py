"""What was seen already, on the disk: which value stood first under a key, in flat memory however many keys there are.

key, value -> the value that stood under the key before, or None;  an id, its content's digest -> the id that it gets
"""

import sqlite3
from types import TracebackType

# Pages that SQLite may hold in memory (negative: in KiB); what is over goes to its temporary file
MEMORY_KIB = 4096


class Seen:
    """Remembers the first value of each key until it is closed, in a temporary file that SQLite makes and removes.

    with Seen() as seen:
        seen.add("a", "1")  # None
        seen.add("a", "2")  # "1", and "1" it stays
    """

    def __init__(self) -> None:
        # An empty name is SQLite's word for a private file that nobody else sees and no crash leaves behind.
        self._rows = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = {-MEMORY_KIB}"):
            self._rows.execute(f"PRAGMA {pragma}")
        self._rows.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
        self._rows.execute("BEGIN")

    def add(self, key: str, value: str) -> str | None:
        """The value that stands under `key` already; None where there was none, and then it is `value` from now on."""
        if self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, value)).rowcount:
            return None
        (earlier,) = self._rows.execute("SELECT value FROM seen WHERE key = ?", (key,)).fetchone()
        return str(earlier)

    def settle(self, name: str, digest: str) -> tuple[str, bool]:
        """The id of a row among those before, and whether one of this id and content stood there already.

        `digest` stands for the row's content. Of rows of one id the first keeps it, and another content gets `<id>~<digest>`.
        """
        earlier = self.add(name, digest)
        if earlier not in (None, digest):
            name = f"{name}~{digest[:8]}"
            earlier = self.add(name, digest)
        return name, earlier is not None

    def close(self) -> None:
        """Forgets everything; a second call does nothing."""
        self._rows.close()

    def __enter__(self) -> "Seen":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
