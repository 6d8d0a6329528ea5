"""Models, templates, checkpoints and kept replies of a stranger's, or broken: one sentence for each."""

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

pytest.importorskip("torch")

from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from builders.errors import MathloomError, UserError
from tests.scripted import Scripted, echo
from tests.train.folders import gsdp
from tests.train.small import MODEL, recipe, tokenizer
from train import evaluate, sft
from train.checkpoints import last
from train.kept import TABLE
from train.others import as_said

ITEM = json.dumps({"id": "a", "problem": "What is 1 plus 1?", "answer": "2"}) + "\n"


def saved(place: Path) -> Path:
    """A small model with its tokenizer."""
    place.mkdir()
    made = PreTrainedTokenizerFast(tokenizer_file=str(tokenizer(place)), eos_token="!", pad_token="!")
    made.chat_template = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
    LlamaForCausalLM(LlamaConfig(**{**MODEL, "vocab_size": len(made)})).save_pretrained(place)
    made.save_pretrained(place)
    return place


def cut(model: Path) -> None:
    os.truncate(model / "model.safetensors", 500)


def lies(model: Path) -> None:
    with (model / "model.safetensors").open("r+b") as file:
        file.write(b"\xff" * 8)


def list_for_a_config(model: Path) -> None:
    (model / "config.json").write_text("[1]")


def odd_sizes(model: Path) -> None:
    said = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps(said | {"num_attention_heads": 0}))


def no_tokenizer(model: Path) -> None:
    (model / "tokenizer.json").write_text('{"model": {"type": "BPE", "vocab": 7}}')


def template_that_fails(model: Path) -> None:
    (model / "chat_template.jinja").write_text("{{ 1 / 0 }}")


def template_that_looks_round(model: Path) -> None:
    (model / "chat_template.jinja").write_text("{{ messages.__class__.__mro__ }}")


def generation_of_another_kind(model: Path) -> None:
    (model / "generation_config.json").write_text('{"eos_token_id": "z", "temperature": 0.1}')


def tokenizer_that_gives_up(model: Path) -> None:
    said = json.loads((model / "tokenizer.json").read_text())
    said["pre_tokenizer"] = {"type": "FixedLength", "length": 0}
    (model / "tokenizer.json").write_text(json.dumps(said))


SPOILT = [
    generation_of_another_kind,
    tokenizer_that_gives_up,
    cut,
    lies,
    list_for_a_config,
    odd_sizes,
    no_tokenizer,
    template_that_fails,
    template_that_looks_round,
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_spoilt_model_is_one_sentence(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    model = saved(tmp_path / "theirs")
    spoil(model)
    gsdp(tmp_path / "gsdp")
    given = {"from_scratch": None, "model_name_or_path": str(model), "tokenizer": None}
    with pytest.raises(UserError) as trained:
        sft.main(recipe(tmp_path, tmp_path / "gsdp", **given))
    (tmp_path / "items.jsonl").write_text(ITEM)
    task = {"name": "sums", "rows": str(tmp_path / "items.jsonl"), "max_tokens": 4}
    said = {"tasks": [task], "output": str(tmp_path / "scores"), "models": [f"a={model}"], "chat": True}
    (tmp_path / "evaluate.json").write_text(json.dumps(said))
    with pytest.raises(UserError) as evaluated:
        evaluate.main(["--config", str(tmp_path / "evaluate.json")])
    for problem in (trained, evaluated):
        assert "\n" not in str(problem.value) and any(
            words in str(problem.value)
            for words in (
                "not to be had",
                "cannot be trained so",
                "template refuses",
                "cannot be asked for",
                "tokenizer fails over",
            )
        )


def test_what_lacks_memory_is_not_the_models_fault() -> None:
    with pytest.raises(MemoryError), as_said("the model"):
        raise MemoryError
    with pytest.raises(MathloomError, match="^theirs$"), as_said("the model"):
        raise UserError("theirs")
    with pytest.raises(UserError, match=r"^the model: 'a' \(KeyError\)$"), as_said("the model"):
        raise KeyError("a")
    with pytest.raises(MemoryError), as_said("the model"):
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory")
    with pytest.raises(UserError, match="trl is not installed, which this needs"), as_said("the model"):
        raise ModuleNotFoundError("No module named 'trl'", name="trl")
    with pytest.raises(OSError, match="No space left"), as_said("the model"):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_checkpoint_whose_state_is_none_is_passed_over(tmp_path: Path) -> None:
    for number, state in enumerate(['{"global_step": 1}', "[1]", '{"global_step": "x"}', "[" * 100_000, "{"], 1):
        (tmp_path / f"checkpoint-{number}").mkdir()
        (tmp_path / f"checkpoint-{number}" / "trainer_state.json").write_text(state)
    (tmp_path / "checkpoint-6").mkdir()
    os.mkfifo(tmp_path / "checkpoint-6" / "trainer_state.json")
    assert last(tmp_path) == tmp_path / "checkpoint-1"


@pytest.mark.parametrize("said", ["{", "5", "[" * 200_000, '{"a": 1}'], ids=["half", "number", "deep", "mapping"])
def test_kept_replies_that_are_none_are_one_sentence(tmp_path: Path, said: str) -> None:
    (tmp_path / "items.jsonl").write_text(ITEM)
    task = {"name": "sums", "rows": str(tmp_path / "items.jsonl"), "max_tokens": 4}
    (tmp_path / "evaluate.json").write_text(json.dumps({"tasks": [task], "output": str(tmp_path / "scores")}))
    file = tmp_path / "scores" / "a.replies.sqlite"
    with Scripted(echo) as server:
        flags = ["--config", str(tmp_path / "evaluate.json"), "--models", f"a={server.url}"]
        evaluate.main(flags)
        with closing(sqlite3.connect(file)) as kept, kept:
            kept.execute("UPDATE said SET said = ?", (said,))
        shutil.rmtree(tmp_path / "scores" / "a")
        with pytest.raises(
            UserError, match="a.replies.sqlite holds what no evaluation puts there .*; put the file aside"
        ):
            evaluate.main(flags)
        file.unlink()
        file.write_text("no database at all, but long enough to be taken for one" * 20)
        with pytest.raises(UserError, match="a.replies.sqlite is broken, or none of ours .*; put it aside"):
            evaluate.main(flags)


def test_replies_under_a_trigger_are_refused(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text(ITEM)
    task = {"name": "sums", "rows": str(tmp_path / "items.jsonl"), "max_tokens": 4}
    (tmp_path / "evaluate.json").write_text(json.dumps({"tasks": [task], "output": str(tmp_path / "scores")}))
    (tmp_path / "scores").mkdir()
    with closing(sqlite3.connect(tmp_path / "scores" / "a.replies.sqlite")) as kept, kept:
        kept.execute(TABLE)
        kept.execute("CREATE TRIGGER t AFTER INSERT ON said BEGIN DELETE FROM said; END")
    with Scripted(echo) as server, pytest.raises(UserError, match="tables, views or triggers than ours"):
        evaluate.main(["--config", str(tmp_path / "evaluate.json"), "--models", f"a={server.url}"])
    assert not server.calls
