"""Rows as a trainer takes them: what is learnt of each, and what is left out, said, or refused."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, LlamaConfig
from trl.data_utils import pack_dataset
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from builders.errors import UserError
from builders.row import Row
from builders.sources import find
from tests.train import small
from train.filled import filled
from train.models import bare
from train.pretrain import documents
from train.sft import TEMPLATE, answers
from train.tokenized import MASKED, Encoder, content, counted, kept, tokenized

ASKED, TOLD = {"role": "user", "content": "What is 1 plus 2?"}, {"role": "assistant", "content": "It is 3."}
SYSTEM = {"role": "system", "content": "Think first."}
TURNS = "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '\n' }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
REFUSES = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}" + TURNS
FORGETS = TURNS.replace("{% for m in messages %}", "{% for m in messages if m['role'] != 'system' %}")
ALTERNATES = "{% if messages | length > 2 %}{{ raise_exception('roles must alternate') }}{% endif %}" + TURNS


@pytest.fixture
def tokenizer(tmp_path: Path) -> Any:
    made = bare(str(small.tokenizer(tmp_path)))
    made.chat_template = TEMPLATE.read_text()
    return made


def encoded(tokenizer: Any, *messages: dict[str, str]) -> Any:
    [made] = answers(tokenizer, [{"messages": list(messages), "bad_row": None}])
    return made


def learnt(tokenizer: Any, made: Any) -> str:
    return str(tokenizer.decode([label for label in made[1] if label != MASKED]))


def test_the_answer_is_learnt_and_nothing_else(tokenizer: Any) -> None:
    made = encoded(tokenizer, ASKED, TOLD)
    assert tokenizer.decode(made[0]) == "Problem:\nWhat is 1 plus 2?\n\nSolution:\nIt is 3.<|end|>"
    assert learnt(tokenizer, made) == "It is 3.<|end|>"


@pytest.mark.parametrize(
    "odd", ["{{ 7 * 7 }}", "{% raw %}", r"$\frac{1}{2}$ {# not said #}", "a\x00b", "<|end|> it goes on", "\n\n é 数"]
)
def test_an_answer_arrives_as_it_is(tokenizer: Any, odd: str) -> None:
    assert learnt(tokenizer, encoded(tokenizer, {**ASKED, "content": odd}, {**TOLD, "content": odd})) == odd + "<|end|>"


def test_of_several_answers_the_last_is_learnt(tokenizer: Any) -> None:
    made = encoded(tokenizer, ASKED, {**TOLD, "content": "Four?"}, ASKED, TOLD)
    assert learnt(tokenizer, made) == "It is 3.<|end|>"


@pytest.mark.parametrize("template", [TURNS, REFUSES, FORGETS])
def test_what_the_system_says_is_read_whatever_the_template_knows(tokenizer: Any, template: str) -> None:
    tokenizer.chat_template = template
    made = encoded(tokenizer, SYSTEM, ASKED, TOLD)
    assert "Think first." in tokenizer.decode(made[0]).partition("assistant")[0]
    assert tokenizer.decode(made[0]).count("Think first.") == 1
    assert learnt(tokenizer, made).strip() == "It is 3."


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": [ASKED, {**TOLD, "content": " "}]}, "no_answer"),
        ({"messages": [ASKED]}, "no_answer"),
        ({"problem": "What is 1 plus 2?", "solution": None}, "no_answer"),
        ({"messages": [{**ASKED, "content": ""}, TOLD]}, "empty"),
        ({"messages": [TOLD]}, "empty"),
        ({"text": "no messages"}, "empty"),
        ({"bad_row": "line 3 is not JSON"}, "bad_row"),
    ],
)
def test_a_row_without_an_answer_has_its_reason(tokenizer: Any, row: Row, reason: str) -> None:
    first, second = answers(tokenizer, [{"bad_row": None, **row}, {"bad_row": None, "messages": [ASKED, TOLD]}])
    assert first == reason and learnt(tokenizer, second) == "It is 3.<|end|>"


def test_what_a_template_refuses_has_its_reason(tokenizer: Any) -> None:
    tokenizer.chat_template = ALTERNATES
    assert encoded(tokenizer, ASKED, TOLD, ASKED, TOLD) == "refused"


Tokenize = Callable[..., Dataset]


@pytest.fixture
def made(tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tokenize]:
    """A file of rows, tokenized."""

    def make(rows: list[Any], longest: int | None = 60, **more: Any) -> Dataset:
        path = tmp_path / "rows.jsonl"
        path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
        source = find(str(path))
        encoder = Encoder(
            partial(answers, tokenizer), longest, more.get("allow_rehearsal", False), tokenizer.chat_template
        )
        return tokenized(source, content(source, None), encoder, more.get("limit"), None)

    return make


GOOD = {"id": "good", "messages": [ASKED, TOLD]}
LONG = {"id": "long", "messages": [ASKED, {**TOLD, "content": "It is 3. " * 50}]}


def test_rows_that_would_be_cut_are_counted_and_left_out(made: Tokenize) -> None:
    rows = made([GOOD, LONG, {"id": "no", "messages": [ASKED]}, '{"id": "torn', {"id": "x"}])
    counts = counted(rows)
    assert counts == Counter({"": 1, "too_long": 1, "no_answer": 1, "bad_row": 1, "empty": 1})
    assert kept(rows, counts, 60)["id"][:] == ["good"]


def test_rows_with_nothing_to_learn_are_an_error(made: Tokenize, tokenizer: Any) -> None:
    rows = made([GOOD, {"id": "asks", "messages": [{**ASKED, "content": "What? " * 50}, TOLD]}])
    with pytest.raises(
        UserError, match=r"1 of 2 rows have no token to learn from within max_length 60: asks \(\d+ tokens\)"
    ):
        kept(rows, counted(rows), 60)
    tokenizer.chat_template = (
        TURNS.replace("m['content']", "(m['content'] if m['role'] == 'user' else '')")
        .replace("{% for m in messages %}", "{% for m in messages if m['role'] == 'user' %}")
        .replace("assistant: ", "")
    )
    rows = made([GOOD])
    with pytest.raises(UserError, match="no token to learn from"):
        kept(rows, counted(rows), 60)


def test_rows_of_the_rehearsal_are_an_error_unless_that_is_said(made: Tokenize) -> None:
    row = {**GOOD, "model": "mathloom/rehearsal/solver"}
    rows = made([GOOD, row])
    with pytest.raises(UserError, match="1 of 2 rows were made by the rehearsal"):
        kept(rows, counted(rows), 60)
    rows = made([GOOD, row], allow_rehearsal=True)
    assert len(kept(rows, counted(rows), 60)) == 2


def test_where_no_row_is_left_that_is_said(made: Tokenize) -> None:
    rows = made([{"text": "only text"}, LONG])
    with pytest.raises(UserError, match="no row is left to train on: .*1 neither text nor messages"):
        kept(rows, counted(rows), 60)


def test_the_first_rows_are_the_limit(made: Tokenize) -> None:
    assert made([GOOD, {**GOOD, "id": "second"}, {**GOOD, "id": "third"}], limit=2)["id"][:] == ["good", "second"]


def test_documents_end_and_are_learnt_whole(tokenizer: Any) -> None:
    rows: list[Row] = [{"text": "A line."}, {"problem": "1+1?", "solution": "2"}, {"text": " "}, {}]
    one, two, *none = documents(tokenizer, [{"bad_row": None, **row} for row in rows])
    assert one[0] == one[1] and tokenizer.decode(one[0]) == "A line.<|end|>"
    assert tokenizer.decode(two[0]) == "Problem:\n1+1?\n\nSolution:\n2<|end|>"
    assert none == ["empty", "empty"]


@pytest.mark.parametrize("pack", [lambda made: pack_dataset(made, 30, "bfd_split"), lambda made: filled(made, 30)])
def test_packed_documents_do_not_see_each_other(pack: Callable[[Dataset], Dataset]) -> None:
    torch.manual_seed(0)
    config = LlamaConfig(**{name: value for name, value in small.MODEL.items() if name != "model_type"}, vocab_size=50)
    model = AutoModelForCausalLM.from_config(config).eval()
    rows = [torch.randint(1, 50, (length,)).tolist() for length in (9, 14, 7)]
    packed = pack(Dataset.from_dict({"input_ids": rows, "labels": rows}))
    batch = DataCollatorForLanguageModeling(0, padding_free=True)([packed[0]])
    inputs = {name: batch[name] for name in ("input_ids", "position_ids")}
    with torch.no_grad():
        together = model(**inputs, use_cache=False).logits[0]
        starts = (batch["position_ids"][0] == 0).nonzero().flatten().tolist()
        for start, end in zip(starts, [*starts[1:], None], strict=True):
            alone = model(batch["input_ids"][:, start:end]).logits[0]
            assert torch.allclose(together[start:end], alone, atol=1e-5)
