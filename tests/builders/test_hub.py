"""Documents from a Hub: streamed by ranges, kept in its cache, read from there without network, and refused in words.

HF_ENDPOINT and HF_HUB_OFFLINE are read when huggingface_hub is imported, so a process is started for each environment and each
state of the Hub; what is asked of both at once is asked by one.
"""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.hub import Hub

NAME = "open-web-math/open-web-math"
SHARDS = [f"data/train-{at:05d}-of-00003-0123456789abcdef.parquet" for at in range(3)]
# as the real repo's: no configs, sizes in dataset_info
CARD = b"""---
dataset_info:
  features:
  - {name: url, dtype: string}
  - {name: text, dtype: string}
  - {name: date, dtype: string}
  - {name: metadata, dtype: string}
  splits:
  - {name: train, num_bytes: 1234567, num_examples: 900}
license: odc-by
---
Words.
"""
ASK = """
import json, sys
from builders import rows
from builders.errors import MathloomError
from builders.openwebmath import documents
for where, streaming, limit in json.loads(sys.argv[1]):
    try:
        got = list(documents(where, limit=limit, streaming=streaming))
        said = {"urls": [row["url"] for row in got], "size": rows.size(where), "commit": rows.find(where).commit}
    except MathloomError as problem:
        said = {"code": problem.code, "sentence": str(problem)}
    print("SAID", json.dumps(said))
"""


def shard(at: int) -> bytes:
    """300 documents, as OpenWebMath has them."""
    numbers = range(at * 300, at * 300 + 300)
    columns = {"url": [f"u{n}" for n in numbers], "text": [f"text {n}" for n in numbers]}
    sink = io.BytesIO()
    pq.write_table(pa.table({**columns, "date": ["2023"] * 300, "metadata": ["{}"] * 300}), sink, row_group_size=100)
    return sink.getvalue()


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A Hub with OpenWebMath on it, in small."""
    with Hub() as hub:
        hub.put(NAME, {**{name: shard(at) for at, name in enumerate(SHARDS)}, "README.md": CARD}, tag="v1.0")
        yield hub


def ask(hub: Hub, home: Path, where: str = NAME, streaming: bool = True, limit: int | None = None, **more: str) -> Any:
    """What a process says that reads documents from the Hub with the cache `home`."""
    return asks(hub, home, (where, streaming, limit), **more)[0]


def asks(hub: Hub, home: Path, *wanted: tuple[str, bool, int | None], **more: str) -> list[Any]:
    """The same of one process that reads several times."""
    arguments = [sys.executable, "-c", ASK, json.dumps(wanted)]
    environment = hub.environment(home, **{"HF_HUB_DISABLE_PROGRESS_BARS": "1", **more})
    ran = subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    said = [json.loads(line.removeprefix("SAID ")) for line in ran.stdout.splitlines() if line.startswith("SAID ")]
    assert len(said) == len(wanted)
    return said


def fetched(hub: Hub) -> list[str]:
    """The shards that were read from the Hub's storage, each once."""
    return sorted({asked.path.split("/data/")[-1] for asked in hub.asked if asked.path.startswith("/lfs/")})


def test_documents_are_streamed_by_ranges_and_a_limit_fetches_only_what_it_needs(hub: Hub, tmp_path: Path) -> None:
    said = ask(hub, tmp_path, limit=300)
    assert said["urls"] == [f"u{n}" for n in range(300)]
    assert said["size"] == [900, 1234567] and said["commit"] == hub.repos[NAME].branches["main"]
    assert fetched(hub) == [SHARDS[0].removeprefix("data/")]
    assert all(asked.range for asked in hub.asked if asked.path.startswith("/lfs/") and asked.method == "GET")
    hub.asked.clear()
    assert ask(hub, tmp_path)["urls"] == [f"u{n}" for n in range(900)]
    assert len(fetched(hub)) == 3


def test_a_connection_that_breaks_now_and_then_costs_no_row(hub: Hub, tmp_path: Path) -> None:
    hub.hiccups = 2
    assert ask(hub, tmp_path)["urls"] == [f"u{n}" for n in range(900)] and hub.hiccups == 0


def test_a_revision_stays_what_it_was_when_the_repo_goes_on(hub: Hub, tmp_path: Path) -> None:
    old = hub.repos[NAME].tags["v1.0"]
    new = hub.put(NAME, {SHARDS[0]: shard(5)})
    firsts = [(where, True, 1) for where in (NAME, f"{NAME}@v1.0", f"hf://datasets/{NAME}@{old}")]
    wholes = [(where, True, None) for where in (f"{NAME}@v1.0/{SHARDS[2]}", f"{NAME}@main/data")]
    now, by_tag, by_commit, inside, folder = asks(hub, tmp_path, *firsts, *wholes)
    assert now["urls"] == ["u1500"]
    assert all(said["urls"] == ["u0"] and said["commit"] == old != new for said in (by_tag, by_commit))
    assert inside["urls"] == [f"u{n}" for n in range(600, 900)] and inside["size"] == [None, None]
    assert len(folder["urls"]) == 900


def test_what_is_cached_is_read_without_network(hub: Hub, tmp_path: Path) -> None:
    whole = ask(hub, tmp_path, streaming=False)
    assert len(whole["urls"]) == 900
    hub.asked.clear()
    both = [(NAME, streaming, None) for streaming in (True, False)]
    assert asks(hub, tmp_path, *both, HF_HUB_OFFLINE="1") == [whole, whole]
    assert hub.asked == []
    hub.down = True
    assert ask(hub, tmp_path) == whole


def test_what_was_prepared_once_is_not_fetched_again_but_a_new_commit_is(hub: Hub, tmp_path: Path) -> None:
    ask(hub, tmp_path, streaming=False)
    hub.asked.clear()
    ask(hub, tmp_path, streaming=False)
    assert fetched(hub) == []
    hub.put(NAME, {SHARDS[1]: shard(7)})
    assert ask(hub, tmp_path, streaming=False)["urls"][300] == "u2100"


def test_offline_a_half_filled_cache_is_said_and_never_taken_for_the_whole(hub: Hub, tmp_path: Path) -> None:
    said = ask(hub, tmp_path, HF_HUB_OFFLINE="1")
    assert said["code"] == 2 and said["sentence"].startswith(f"HF_HUB_OFFLINE is set, and {NAME} is neither")
    code = f"import huggingface_hub as h; h.hf_hub_download({NAME!r}, {SHARDS[0]!r}, repo_type='dataset')"
    ask(hub, tmp_path, limit=1)
    subprocess.run(
        [sys.executable, "-c", code], env=hub.environment(tmp_path), check=True, capture_output=True, timeout=60
    )
    said = ask(hub, tmp_path, HF_HUB_OFFLINE="1")
    assert said["code"] == 2 and said["sentence"].startswith(
        f"HF_HUB_OFFLINE is set, and 2 of the 3 files of {NAME} are"
    )


def test_what_the_hub_does_not_have_is_the_users_and_what_it_does_not_say_is_the_worlds(
    hub: Hub, tmp_path: Path
) -> None:
    hub.put("user/gated", {"a.jsonl": b'{"text": "a"}\n'})
    hub.repos["user/gated"].gated = True
    hub.put("user/mixed", {"a.jsonl": b'{"text": "a"}\n', "b.csv": b"text\nb\n"})
    hub.put("user/other", {"a.jsonl": b'{"problem": "a"}\n'})
    hub.put("user/none", {"README.md": b"words"})
    hub.put("user/outside", {"../../outside.jsonl": b'{"text": "a"}\n'})
    hub.put("user/windows", {r"..\..\outside.jsonl": b'{"text": "a"}\n'})
    expected = {
        "user/windows": (2, "what the Hub says of it is odd"),
        "user/nowhere": (2, "is neither a file or folder here nor a dataset on the Hub"),
        f"{NAME}@v9": (2, f"{NAME}@v9 names a revision that its repo on the Hub does not have"),
        "user/gated": (2, "user/gated is gated: accept its terms on the Hub"),
        "user/mixed": (2, "user/mixed mixes kinds of files (a.jsonl and b.csv)"),
        "user/other": (2, "user/other: a.jsonl has no column text; it has problem"),
        "user/none": (2, "user/none holds no rows"),
        "user/outside": (2, "what the Hub says of it is odd"),
        f"{NAME}@main/nothing": (2, "holds no rows"),
    }
    answers = asks(hub, tmp_path, *((where, True, None) for where in expected))
    for (code, words), said in zip(expected.values(), answers, strict=True):
        assert said["code"] == code and words in said["sentence"] and "\n" not in said["sentence"], said
    hub.down = True
    said = ask(hub, tmp_path)
    assert said["code"] == 3 and "the Hub answered 503" in said["sentence"] and "\n" not in said["sentence"]


def test_a_hub_that_is_not_there_is_the_worlds(tmp_path: Path) -> None:
    with Hub() as hub:
        pass
    known, nowhere = asks(hub, tmp_path, (NAME, True, None), ("builders/nowhere", True, None))
    assert known["code"] == 3 and "here, and the Hub cannot be reached (ConnectError)" in known["sentence"]
    assert nowhere["code"] == 2 and nowhere["sentence"].startswith("there is no file or folder builders/nowhere")


def test_a_token_goes_to_the_hub_and_not_to_its_storage(hub: Hub, tmp_path: Path) -> None:
    ask(hub, tmp_path, limit=1, HF_TOKEN="hf_secret")
    sent = {asked.path.split("/")[1]: asked.authorization for asked in hub.asked}
    assert sent["api"] == sent["datasets"] == "Bearer hf_secret" and sent["lfs"] is None


def test_datasets_itself_reads_the_same_rows_from_this_hub(hub: Hub, tmp_path: Path) -> None:
    code = f"import datasets; d = datasets.load_dataset({NAME!r}, revision='v1.0', split='train'); print(d['url'][-1], len(d))"
    environment = hub.environment(tmp_path, HF_DATASETS_DISABLE_PROGRESS_BARS="1")
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert ran.stdout.split() == ["u899", "900"], ran.stderr
