"""A reply's key is what was asked, and nothing else."""

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from generation.keys import key, seed_of

MESSAGES = [{"role": "user", "content": "x"}]


@given(st.text(), st.text(), st.none() | st.text(), st.integers(0, 99), st.sampled_from(["chat", "generate"]))
def test_a_key_is_the_digest_of_the_questions_canonical_json(
    text: str, model: str, revision: str | None, sample: int, dialect: str
) -> None:
    messages, sampling = [{"role": "user", "content": text}], {"temperature": 0.5, "extra": {"b": 1, "a": [text]}}
    asked: dict[str, Any] = {"model": model, "revision": revision, "messages": messages, "sampling": sampling}
    asked |= {"sample": sample, "try": 1} | ({} if dialect == "chat" else {"dialect": dialect})
    plain = json.dumps(asked, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert key(model, revision, messages, sampling, sample, 1, dialect) == hashlib.sha256(plain).hexdigest()


def test_each_part_of_a_question_changes_its_key() -> None:
    asked: dict[str, Any] = {"model": "m", "revision": "r", "messages": MESSAGES, "sampling": {"temperature": 1.0}}
    others = [
        {"model": "n"}, {"revision": None}, {"messages": [{"role": "user", "content": "y"}]}, {"sampling": {"temperature": 0.9}},
        {"sampling": {"temperature": 1.0, "top_k": 1}}, {"sample": 1}, {"again": 1}, {"dialect": "generate"}, {},
    ]  # fmt: skip
    keys = {key(**(asked | other)) for other in others}
    assert len(keys) == len(others)
    assert all(0 <= seed_of(k) < 2**31 for k in keys)
