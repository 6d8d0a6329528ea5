"""What was planted stands in the truth under the key that the ledger has."""

import json
from pathlib import Path

import pytest

from generation.prompts import load_prompt
from generation.rehearsal import Rehearsal, rehearse
from generation.transport import Asking
from tests.generation.rehearsing import PASSAGE, chat, get, post


@pytest.mark.parametrize("dialect", ["chat", "generate"])
def test_the_truth_is_told_under_the_key_that_our_client_records(tmp_path: Path, dialect: str) -> None:
    file = tmp_path / "truth.jsonl"
    with rehearse(Rehearsal(port=0, faults="0.5", outages="0", truth=str(file))) as url:
        info = json.loads(get(f"{url}/info")[1])
        model, sampling = info["model_id"], {"temperature": 1.0, "max_tokens": 2000, "top_p": 0.9}
        asking = Asking(
            pool="generator", step="debate", prompt="debate@0", model=model, revision=info["model_sha"], served=model,
            dialect=dialect, sampling=sampling, read=lambda text: {}, tries=3,
        )  # fmt: skip
        prompt = load_prompt("debate")
        asked = [
            asking.question(prompt.messages({"text": f"{PASSAGE} ({n})"}), (n % 3) * 200, n % 2) for n in range(40)
        ]
        statuses = [post(url + question.path, question.body)[0] for question in asked]
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["key"] for line in lines] == [question.key for question in asked]
    assert {line["step"] for line in lines} == {"debate"}
    faults = [line["fault"] for line in lines]
    assert 10 <= faults.count(None) <= 30
    assert [status != 200 for status in statuses] == [fault == "refused" for fault in faults]


def test_a_reply_cut_by_the_requests_own_limit_is_told_as_cut(tmp_path: Path) -> None:
    file = tmp_path / "truth.jsonl"
    with rehearse(Rehearsal(port=0, faults="0", outages="0", truth=str(file))) as url:
        chat(url, max_tokens=20)
        chat(url)
    assert [json.loads(line)["fault"] for line in file.read_text().splitlines()] == ["cut", None]
