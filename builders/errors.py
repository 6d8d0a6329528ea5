"""What can go wrong, drawn as a tree, and the exit code that each branch ends a command with.

MathloomError
|-- CheckFailed   1    a check of ours failed (nothing was kept, most replies unreadable)
|-- UserError     2    the user's: recipe, flags, files
|-- WorldError    3    the world's: servers, disk
|   `-- Unsettled      what all that follows depends on has no answer yet
|-- BudgetSpent   4
`-- Interrupted   130  Ctrl-C or SIGTERM

Unreadable        a reader's word for one reply; it rejects a row and never ends a run
"""

SAFE = "all that was paid for is safe, and the same command goes on"  # what a run says wherever it ends before its end
BEGINNING, END = 1500, 900  # characters of a sentence that are said, where what it names is longer than anybody reads


class MathloomError(Exception):
    """Ends a command with one sentence on the screen and `code` as its exit code."""

    code = 1

    def __init__(self, sentence: str) -> None:
        long = len(sentence) > BEGINNING + END
        super().__init__(f"{sentence[:BEGINNING]} [...] {sentence[-END:]}" if long else sentence)


class CheckFailed(MathloomError):
    """A check of ours failed: the result would not be what it says it is."""

    code = 1


class UserError(MathloomError):
    """Something the user can mend, found before the first request."""

    code = 2


class WorldError(MathloomError):
    """Servers or disk; the same command goes on when they are well again."""

    code = 3


class Unsettled(WorldError):
    """Rows that all that follows depends on have no answer yet."""


class BudgetSpent(MathloomError):
    """The next question could cost more than what is left of `--budget`."""

    code = 4


class Interrupted(MathloomError):
    """Ctrl-C or SIGTERM."""

    code = 130


def is_panic(problem: BaseException) -> bool:
    """Whether a package that is written in Rust gave up; Python counts it among what ends a process."""
    return type(problem).__name__ == "PanicException"


class Unreadable(ValueError):
    """A reply that its reader cannot use: `reason` is one of `builders.reasons`, `detail` says what was seen."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
