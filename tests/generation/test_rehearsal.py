"""The rehearsal as a server: its replies, slots, outages, truth, and its end."""

import asyncio
import dataclasses
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.errors import UserError
from generation.rehearsal import Rehearsal, rehearse, serving
from generation.scripted import SILENT
from tests.generation.rehearsing import ROOT, bodies, chat, contents, gathered, get, post


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with rehearse(Rehearsal(port=0, faults="0", outages="0")) as address:
        yield address


def test_replies_and_faults_depend_on_the_question_and_the_seed_alone() -> None:
    asked = bodies(60)
    settings = Rehearsal(port=0, faults="0.6", outages="0", seed=4)
    with rehearse(settings) as url:
        first = contents(asyncio.run(gathered(url, asked)))
        again = contents(asyncio.run(gathered(url, asked[::-1])))[::-1]
        assert "rehearsal_asked_again 60" in get(f"{url}/metrics")[1]
    with rehearse(settings) as url:
        assert contents(asyncio.run(gathered(url, asked))) == first == again
    with rehearse(dataclasses.replace(settings, seed=5)) as url:
        assert contents(asyncio.run(gathered(url, asked))) != first


def test_above_its_slots_a_model_is_overloaded() -> None:
    with rehearse(Rehearsal(port=0, faults="0", outages="0", slots=3, delay=0.4)) as url:
        assert json.loads(get(f"{url}/info")[1])["max_concurrent_requests"] == 3
        replies = asyncio.run(gathered(url, bodies(8)))
    assert sorted(status for status, _, _ in replies) == [200] * 3 + [429] * 5
    body = next(json.loads(text) for status, text, _ in replies if status == 429)
    assert body == {"error": "Model is overloaded", "error_type": "overloaded"}


def test_a_client_that_goes_away_frees_its_slot() -> None:
    with rehearse(Rehearsal(port=0, faults=f"{SILENT}=1", outages="0", slots=1)) as url:
        with pytest.raises(TimeoutError):
            asyncio.run(asyncio.wait_for(gathered(url, bodies(1)), 0.3))
        deadline = time.monotonic() + 10
        while "tgi_batch_current_size 0" not in get(f"{url}/metrics")[1]:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_a_reply_takes_its_time() -> None:
    with rehearse(Rehearsal(port=0, faults="0", outages="0", delay=0.3)) as url:
        start = time.monotonic()
        asyncio.run(gathered(url, bodies(20)))
        assert 0.3 <= time.monotonic() - start < 2.0


def test_one_that_speaks_chat_completions_only_has_no_info() -> None:
    with rehearse(Rehearsal(port=0, faults="0", outages="0", chat_only=True)) as url:
        assert get(f"{url}/info")[0] == 404 and post(f"{url}/generate", {"inputs": "x"})[0] == 404
        assert get(f"{url}/v1/models")[0] == 200 and chat(url)["choices"]


def test_a_changed_model_says_another_revision() -> None:
    with rehearse(Rehearsal(port=0, revision="abc")) as url:
        assert json.loads(get(f"{url}/info")[1])["model_sha"] == "abc"


def test_it_listens_on_loopback_only(url: str) -> None:
    port = int(url.rsplit(":", 1)[1])
    table = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    here = [line.split()[1] for line in table.splitlines() if line.split()[1].endswith(f":{port:04X}")]
    listening = [line.split()[1] for line in table.splitlines() if line.split()[3] == "0A" and line.split()[1] in here]
    assert listening == [f"0100007F:{port:04X}"]


def alive(url: str) -> bool:
    try:
        return get(f"{url}/health")[0] == 200
    except OSError:
        return False


def test_it_ends_with_its_caller_however_that_ends() -> None:
    script = (
        "import time\nfrom generation.rehearsal import rehearse\n"
        "with rehearse() as url:\n    print(url, flush=True)\n    time.sleep(60)\n"
    )
    caller = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert caller.stdout is not None
    url = caller.stdout.readline().strip()
    assert alive(url)
    caller.kill()
    caller.wait(10)
    caller.stdout.close()
    deadline = time.monotonic() + 10
    while alive(url):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_ends_where_the_block_ends() -> None:
    with rehearse() as url:
        assert alive(url)
    assert not alive(url)


def test_a_signal_ends_the_command_cleanly(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "generation.rehearsal", "--port", "0", "--truth", str(tmp_path / "truth.jsonl")]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert server.stdout is not None
    chat(server.stdout.readline().strip())
    server.send_signal(signal.SIGTERM)
    _, said = server.communicate(timeout=10)
    assert (server.returncode, said) == (0, "")
    assert len((tmp_path / "truth.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--faults", "often"], "faults is 'often'; it must be a rate from 0 to 1"),
        (["--outages", "fire=0.1"], "overloaded"),
        (["--truth", "no/such/folder/truth.jsonl"], "the truth cannot be written to no/such/folder/truth.jsonl"),
        (["--slots", "0"], "slots is 0"),
        (["--delay", "-1"], "delay is -1.0"),
        (["--delay", "nan"], "delay holds nan"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(flags: list[str], words: str) -> None:
    command = [sys.executable, "-m", "generation.rehearsal", "--port", "0", *flags]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2 and words in ended.stderr and ended.stderr.count("\n") == 1
    assert "Traceback" not in ended.stderr


def test_a_port_in_use_is_named(url: str) -> None:
    port = url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "generation.rehearsal", "--port", port]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2 and f"port {port}" in ended.stderr and "--port" in ended.stderr


def test_the_server_needs_neither_datasets_nor_a_hub() -> None:
    script = "import sys, generation.rehearsal; print({'datasets', 'pyarrow', 'huggingface_hub', 'torch', 'numpy'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert ended.stdout.strip() == "set()", ended.stderr


def test_settings_are_checked_before_anything_listens() -> None:
    assert serving(Rehearsal(), None).script.faults["dialogue"]["cut"] == pytest.approx(0.15 / 14)
    with pytest.raises(UserError, match="slots"):
        serving(Rehearsal(slots=-1), None)


def test_a_thousand_replies_a_second_are_no_burden(url: str) -> None:
    start, asked = time.monotonic(), bodies(128) * 8
    replies = asyncio.run(gathered(url, asked[:128]))
    for part in range(1, 8):
        replies += asyncio.run(gathered(url, asked[part * 128 : (part + 1) * 128]))
    assert {status for status, _, _ in replies} == {200}
    assert len(replies) / (time.monotonic() - start) > 200  # some 2,500 on an idle core; a busy one still passes
