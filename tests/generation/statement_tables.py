"""Texts with calculations: those that are right, those that are wrong, and those that nobody can say it of."""

from collections.abc import Sequence

import pytest

from generation.arithmetic import statements


def told(right: Sequence[str], wrong: Sequence[str], left: Sequence[str]) -> pytest.MarkDecorator:
    """A test of `text` and `kind` over three tables."""
    kinds = (("right", right), ("wrong", wrong), ("left alone", left))
    return pytest.mark.parametrize(("text", "kind"), [(text, kind) for kind, texts in kinds for text in texts])


def check(text: str, kind: str) -> None:
    """What is right gives results, what is wrong is found once, and what may be right is not called wrong."""
    results, wrong = statements(text)
    assert len(wrong) == (kind == "wrong") and (results or kind != "right")
