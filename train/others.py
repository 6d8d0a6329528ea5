"""What the packages that load and run models raise, which may be anything where a model is a stranger's, or broken.

a model, a tokenizer, a template -> UserError, one sentence; under `python -X dev` what was raised
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from builders.errors import MathloomError, UserError


@contextmanager
def as_said(what: str) -> Iterator[None]:
    """What is raised inside, as a sentence that begins with `what`."""
    try:
        yield
    except (MathloomError, MemoryError):
        raise
    except Exception as problem:
        if sys.flags.dev_mode:
            raise
        said = str(problem).strip().partition("\n")[0] or "nothing more is said"
        raise UserError(f"{what}: {said} ({type(problem).__name__})") from problem
