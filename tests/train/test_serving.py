"""A server of another make, `transformers serve` with a model made here: what it really answers works through our commands."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

if any(find_spec(name) is None for name in ("torch", "transformers", "fastapi", "uvicorn", "openai")):
    pytest.skip("needs torch==2.13.0 and transformers[serving]", allow_module_level=True)

import torch
import yaml
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from builders.errors import CheckFailed, UserError
from generation.ledger import Ledger
from generation.mind import main
from tests.train.small import MODEL, environment, trained

SERVE = "import sys; from transformers.cli.transformers import main; sys.argv = ['transformers', *sys.argv[1:]]; main()"
STARTS = 120.0  # seconds; ten on a quiet machine


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The server's address, and the folder of its model, random weights."""
    place = tmp_path_factory.mktemp("served") / "model"
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(trained()), eos_token="<end>", pad_token="<end>"
    )
    tokenizer.chat_template = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
    size = {name: value for name, value in MODEL.items() if name != "model_type"} | {"max_position_embeddings": 4096}
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), **size))
    model.generation_config.do_sample = True  # without it every reply is greedy, whatever temperature is asked for
    model.save_pretrained(place)
    tokenizer.save_pretrained(place)
    port = str(20000 + os.getpid() % 20000)
    words = [sys.executable, "-c", SERVE, "serve", str(place), "--device", "cpu", "--port", port]
    log = open(place / "log.txt", "w")  # noqa: SIM115
    with log, subprocess.Popen(words, stdout=log, stderr=log, env=environment(HF_HOME=str(place.parent))) as child:
        url, until = f"http://127.0.0.1:{port}", time.monotonic() + STARTS
        try:
            while not _well(url):
                if child.poll() is not None or time.monotonic() > until:
                    pytest.fail((place / "log.txt").read_text()[-2000:])
                time.sleep(0.2)
            yield url, place
        finally:
            child.terminate()


def _well(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _flags(folder: Path, url: str, **generator: str) -> list[str]:
    sampling = {"temperature": 1.0, "top_p": 0.9, "max_tokens": 12}
    said = {"documents": "sample", "styles": ["two_students"], "generator": {"sampling": sampling, **generator}}
    (folder / "recipe.yaml").write_text(yaml.safe_dump(said))
    flags = ["--config", str(folder / "recipe.yaml"), "--endpoints", url, "--limit", "2", "--keep-going"]
    return [*flags, "--output", str(folder / "out"), "--ledger", str(folder / "ledger.sqlite")]


def test_what_transformers_serve_answers_is_recorded_within_max_tokens_and_counted(
    tmp_path: Path, served: tuple[str, Path]
) -> None:
    url, place = served
    with pytest.raises(CheckFailed, match="nothing was kept"):  # random weights write no dialogue
        main(_flags(tmp_path, url, model="tests/tiny", served_as=str(place)))
    rows = Ledger(tmp_path / "ledger.sqlite").query(
        "SELECT model, finish_reason, completion_tokens, prompt_tokens, reason FROM replies"
    )
    assert rows and all(row[0] == "tests/tiny" for row in rows)
    replied = [row for row in rows if row[4] != "refused"]
    assert replied and all(row[1] in ("length", "stop") and row[2] <= 12 and row[3] > 100 for row in replied)


def test_a_server_that_does_not_say_which_model_it_serves_has_to_be_told(
    tmp_path: Path, served: tuple[str, Path]
) -> None:
    with pytest.raises(UserError, match="does not say which model it serves; say it: model: NAME"):
        main(_flags(tmp_path, served[0]))


def test_the_seed_that_we_send_is_honoured(served: tuple[str, Path]) -> None:
    url, place = served
    said = []
    for seed in (1, 1, 2):
        body = {"model": str(place), "messages": [{"role": "user", "content": "Say."}], "max_tokens": 12, "seed": seed}
        body |= {"temperature": 1.0, "top_p": 0.9}
        asked = urllib.request.Request(f"{url}/v1/chat/completions", json.dumps(body).encode())
        asked.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(asked, timeout=30) as reply:
            said.append(json.load(reply)["choices"][0]["message"]["content"])
    assert said[0] == said[1] != said[2]
