"""A server of another make, llama.cpp's own, with a model of random weights made here: what it really answers works through our commands."""

import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

if any(find_spec(name) is None for name in ("xllamacpp", "gguf")):
    pytest.skip("needs llama.cpp: pip install xllamacpp gguf", allow_module_level=True)

import gguf
import numpy as np

from builders.errors import CheckFailed
from generation.ledger import Ledger
from generation.mind import main
from tests.generation.doctoring import ask, findings, words

SERVE = """
import sys, threading, xllamacpp
told = xllamacpp.CommonParams()
told.model.path, told.port, told.n_parallel, told.n_ctx = sys.argv[1], 0, 4, 4 * 4096
told.endpoint_metrics, told.warmup, told.cpuparams.n_threads = True, False, 1
server = xllamacpp.Server(told)
print(server.listening_address, flush=True)
threading.Event().wait()
"""
WIDTH, HEADS, WORDS = 16, 2, "abcdefghijklmnopqrstuvwxyz .,:?$"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server's address."""
    place = tmp_path_factory.mktemp("llama")
    write(place / "tiny.gguf")
    with open(place / "log.txt", "w") as log:
        # from its folder, for it is called as it was asked for
        words = [sys.executable, "-c", SERVE, "tiny.gguf"]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True, cwd=place)
    with child:
        assert child.stdout is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", child.stdout.readline())
            assert found, (place / "log.txt").read_text()[-2000:]
            yield found[0]
        finally:
            child.kill()


def write(path: Path) -> None:
    """A llama of one layer whose tokens are letters, and bytes."""
    drawn = np.random.default_rng(0)
    kind = gguf.TokenType
    letters = [letter.replace(" ", "\u2581") for letter in WORDS]
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *letters]
    file = gguf.GGUFWriter(path, "llama")
    file.add_context_length(4096)
    file.add_embedding_length(WIDTH)
    file.add_block_count(1)
    file.add_feed_forward_length(WIDTH)
    file.add_head_count(HEADS)
    file.add_head_count_kv(HEADS)
    file.add_layer_norm_rms_eps(1e-5)
    file.add_rope_dimension_count(WIDTH // HEADS)
    file.add_tokenizer_model("llama")
    file.add_token_list(tokens)
    file.add_token_scores([0.0] * len(tokens))
    file.add_token_types([kind.UNKNOWN, kind.CONTROL, kind.CONTROL, *[kind.BYTE] * 256, *[kind.NORMAL] * len(letters)])
    file.add_bos_token_id(1)
    file.add_eos_token_id(2)
    file.add_chat_template("{% for message in messages %}{{ message['content'] }}\n{% endfor %}")
    square = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
    for name in ("token_embd", "output"):
        file.add_tensor(f"{name}.weight", drawn.normal(size=(len(tokens), WIDTH)).astype(np.float32))
    for name in square:
        file.add_tensor(f"blk.0.{name}.weight", drawn.normal(size=(WIDTH, WIDTH)).astype(np.float32))
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        file.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


def flags(folder: Path, url: str, tokens: int) -> list[str]:
    sampling = {"temperature": 1.0, "top_p": 0.9, "max_tokens": tokens}
    said = {"documents": "sample", "styles": ["two_students"], "generator": {"sampling": sampling}}
    (folder / "recipe.yaml").write_text(yaml.safe_dump(said))
    return ["--config", str(folder / "recipe.yaml"), "--endpoints", url, "--limit", "2"]


def written(url: str) -> int:
    """Tokens that the server counts as its own so far."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=30) as reply:
        found = re.search(r"^llamacpp:tokens_predicted_total (\d+)", reply.read().decode(), re.MULTILINE)
    assert found
    return int(found[1])


def test_what_llama_cpp_answers_is_recorded_within_max_tokens_as_it_counts_and_asked_once(
    tmp_path: Path, url: str
) -> None:
    words = [*flags(tmp_path, url, 12), "--output", str(tmp_path / "out"), "--ledger", str(tmp_path / "ledger.sqlite")]
    before = written(url)
    for _ in range(2):
        with pytest.raises(CheckFailed, match="nothing was kept"):  # random weights write no dialogue
            main([*words, "--keep-going"])
    rows = Ledger(tmp_path / "ledger.sqlite").query(
        "SELECT model, finish_reason, completion_tokens, prompt_tokens, text FROM replies"
    )
    assert rows and all(row[0] == "tiny.gguf" and row[1] in ("length", "stop") for row in rows)
    assert all(row[2] <= 12 and row[3] > 100 for row in rows) and any(row[4] for row in rows)
    assert sum(row[2] for row in rows) == written(url) - before


def test_a_prompt_longer_than_its_context_is_refused_and_not_asked_again(tmp_path: Path, url: str) -> None:
    words = [*flags(tmp_path, url, 12), "--output", str(tmp_path / "out"), "--ledger", str(tmp_path / "ledger.sqlite")]
    for _ in range(2):
        with pytest.raises(CheckFailed, match="nothing was kept"):
            main([*words, "--keep-going", "--passage-tokens", "3000"])
    rows = Ledger(tmp_path / "ledger.sqlite").query("SELECT reason, detail FROM replies WHERE reason IS NOT NULL")
    assert rows and all(row[0] == "refused" and "exceeds the available context size" in row[1] for row in rows)


def test_the_doctor_knows_what_llama_cpp_honours_and_how_much_it_takes(tmp_path: Path, url: str) -> None:
    said = ask(tmp_path, *flags(tmp_path, url, 4000), code=2)
    assert said["servers"][0]["limits"] == {"input_tokens": None, "total_tokens": 4096, "concurrent": None}
    assert {name: words(said)[name] for name in ("max_tokens", "seed")} == {
        "max_tokens": "honoured",
        "seed": "honoured",
    }
    assert "do not fit the 4,096 tokens" in findings(said, "user")
