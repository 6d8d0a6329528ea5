"""What the packages that load and run models raise, which may be anything where a model is a stranger's, or broken.

a model, a tokenizer, a template -> UserError, one sentence; under `python -X dev` what was raised
"""

import errno
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from builders.commands import lacking
from builders.errors import MathloomError, UserError, is_panic

DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.EIO)  # which the command itself has a sentence for
NO_MEMORY = re.compile("out of memory|can't allocate memory|not enough memory", re.IGNORECASE)  # as torch says it


@contextmanager
def as_said(what: str) -> Iterator[None]:
    """What is raised inside, as a sentence that begins with `what`."""
    try:
        yield
    except (MathloomError, MemoryError):
        raise
    except ModuleNotFoundError as problem:
        with suppress(ModuleNotFoundError):
            raise lacking(problem) from problem
        raise UserError(f"{what}: {problem}") from problem
    except BaseException as problem:
        if sys.flags.dev_mode or not (isinstance(problem, Exception) or is_panic(problem)):
            raise
        if isinstance(problem, OSError) and problem.errno in DISK:
            raise
        said = str(problem).strip().partition("\n")[0] or "nothing more is said"
        if isinstance(problem, RuntimeError) and NO_MEMORY.search(said):
            raise MemoryError(said) from problem
        raise UserError(f"{what}: {said} ({type(problem).__name__})") from problem
