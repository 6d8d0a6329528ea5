"""Publishing: one commit and a tag whatever the Hub does meanwhile, and nothing that nobody should publish."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import hub_writing
from tests.cards.publishing import TOKEN, Loader, Publisher, folder, row, rows
from tests.hub import Fault, Hub


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with Hub() as hub:
        yield hub


@pytest.fixture(autouse=True)
def well(hub: Hub) -> Iterator[None]:
    """Each test meets a Hub without faults."""
    yield
    hub.faults.clear()
    hub.asked.clear()
    hub.tokens.clear()
    hub.objects.clear()


@pytest.fixture(scope="module")
def publisher(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    with Publisher(hub, tmp_path_factory.mktemp("home")) as publisher:
        yield publisher


@pytest.fixture(scope="module")
def loader(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loader]:
    with Loader(hub, tmp_path_factory.mktemp("elsewhere")) as loader:
        yield loader


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two configs in three files."""
    return folder(tmp_path_factory.mktemp("first") / "mind", {"debate": rows(12), "interview": rows(3, "interview")})


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a row more, one less and one changed, and a config fewer."""
    changed = [row(0, "Ann: No."), *rows(11, start=2)]
    return folder(tmp_path_factory.mktemp("second") / "mind", {"debate": changed})


def stored(path: Path) -> dict[str, bytes]:
    """The rows of a folder, as bytes."""
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in sorted((path / "data").rglob("*.parquet"))}


def on_hub(hub: Hub, repo: str, revision: str = "main") -> dict[str, bytes]:
    return {name: data for name, data in hub.files(repo, revision).items() if name.startswith("data/")}


def commits(hub: Hub, repo: str) -> list[str]:
    """The titles of all commits but the one that a repo begins with."""
    return [message.split("\n")[0] for message in hub.repos[repo].messages.values()][1:]


def test_what_is_published_is_loaded_elsewhere_by_version_and_as_a_stream(
    hub: Hub, publisher: Publisher, loader: Loader, first: Path, second: Path
) -> None:
    assert publisher.publish(first, "me/load", "v1.0")[0] == 0
    code, said = publisher.publish(second, "me/load", "v1.1")
    assert code == 0 and 'load_dataset("me/load", revision="v1.1", split="train")' in said
    assert commits(hub, "me/load") == ["v1.0", "v1.1"] and set(hub.repos["me/load"].tags) == {"v1.0", "v1.1"}
    old = loader.load("me/load", "debate", "v1.0")
    assert old == rows(12) == loader.load("me/load", "debate", "v1.0", streaming=True)
    assert loader.load("me/load", None, "v1.0") == rows(12) + rows(3, "interview")
    new = loader.load("me/load", "debate")
    assert new == [row(0, "Ann: No."), *rows(11, start=2)] == loader.load("me/load", "debate", "v1.1")
    assert loader.load("me/load", "interview", "v1.1") == "ValueError"
    assert on_hub(hub, "me/load") == stored(second)


def test_a_version_with_the_same_bytes_does_nothing_and_with_others_is_refused(
    hub: Hub, publisher: Publisher, first: Path, second: Path
) -> None:
    publisher.publish(first, "me/same", "v1.0")
    hub.asked.clear()
    code, said = publisher.publish(first, "me/same", "v1.0")
    assert code == 0 and "published already, with the same bytes" in said
    assert {asked.method for asked in hub.asked} == {"GET", "HEAD"}
    code, said = publisher.publish(second, "me/same", "v1.0")
    assert code == 2 and "data/debate/" in said and "a version never changes" in said
    assert commits(hub, "me/same") == ["v1.0"] and on_hub(hub, "me/same") == stored(first)


def test_what_has_changed_stands_in_the_commit_and_in_the_card(
    hub: Hub, publisher: Publisher, first: Path, second: Path
) -> None:
    publisher.publish(first, "me/notes", "v1.0")
    publisher.publish(second, "me/notes", "v1.1")
    note = (
        "- `debate`, now 12 rows: 1 added (`d/12/debate`), 1 removed (`d/1/debate`), 1 changed (`d/0/debate`)\n"
        "- `interview`, now 0 rows: 3 removed (`d/0/interview`, `d/1/interview`, `d/2/interview`)"
    )
    repo = hub.repos["me/notes"]
    assert repo.messages[repo.branches["main"]] == f"v1.1\n\n{note}"
    card = hub.files("me/notes")["README.md"].decode()
    assert f"### v1.1, since v1.0\n\n{note}\n\n### v1.0\n\nThe first rows: 12 of `debate`, 3 of `interview`." in card


def test_what_somebody_wrote_into_the_card_on_the_hub_stays(
    hub: Hub, publisher: Publisher, first: Path, second: Path
) -> None:
    publisher.publish(first, "me/hand", "v1.0")
    card = hub.files("me/hand")["README.md"].decode()
    title = "# Rows of kind rows"
    assert title in card
    by_hand = card.replace(title, f"{title}\n\nRead this first: ![ours](logo.png)")
    hub.put(
        "me/hand", {"README.md": by_hand.encode(), "logo.png": b"a picture", "NOTES.txt": b"by hand", "mine.json": b"1"}
    )
    assert publisher.publish(first, "me/hand", "v1.0")[0] == 0
    for version, path in (("v1.1", second), ("v1.2", first)):
        code, said = publisher.publish(path, "me/hand", version)
        assert code == 0 and ("neither the folder nor the card has it: mine.json" in said) == (version == "v1.1")
        files = hub.files("me/hand", version)
        assert files["README.md"].decode().count("Read this first: ![ours](logo.png)") == 1
        assert "logo.png" in files and "NOTES.txt" in files and on_hub(hub, "me/hand", version) == stored(path)
        assert "there is nothing to do" in publisher.publish(path, "me/hand", version)[1]
    assert commits(hub, "me/hand") == ["v1.0", "", "v1.1", "v1.2"]


PASS: list[tuple[str, int | str, dict[str, str]]] = [
    ("POST /api/repos/create", 503, {}),
    ("GET /api/datasets/me/REPO/refs", 429, {"Retry-After": "1"}),
    ("GET /api/datasets/me/REPO/tree", 502, {}),
    ("POST /api/datasets/me/REPO/preupload", 503, {}),
    ("POST /datasets/me/REPO.git/info/lfs", 429, {}),
    ("PUT /storage", 503, {}),
    ("PUT /storage", "drop", {}),
    ("PUT /storage", "forget", {}),
    ("PUT /storage", "lost", {}),
    ("POST /api/validate-yaml", 503, {}),
    ("POST /api/datasets/me/REPO/commit", 503, {}),
    ("POST /api/datasets/me/REPO/commit", 409, {}),
    ("POST /api/datasets/me/REPO/commit", 412, {}),
    ("POST /api/datasets/me/REPO/commit", "drop", {}),
    ("POST /api/datasets/me/REPO/commit", "lost", {}),
    ("POST /api/datasets/me/REPO/tag", 503, {}),
    ("POST /api/datasets/me/REPO/tag", "lost", {}),
]


@pytest.mark.parametrize(("request_", "what", "headers"), PASS, ids=[f"{what} {request}" for request, what, _ in PASS])
def test_a_fault_that_passes_costs_neither_a_file_nor_a_second_commit(
    hub: Hub, publisher: Publisher, first: Path, request_: str, what: int | str, headers: dict[str, str]
) -> None:
    name = f"pass-{PASS.index((request_, what, headers))}"
    fault = Fault(request_.replace("REPO", name), what, times=2 if isinstance(what, int) else 1, headers=headers)
    hub.faults.append(fault)
    code, said = publisher.publish(first, f"me/{name}", "v1.0")
    assert code == 0 and fault.times == 0, said
    assert commits(hub, f"me/{name}") == ["v1.0"] and set(hub.repos[f"me/{name}"].tags) == {"v1.0"}
    assert on_hub(hub, f"me/{name}", "v1.0") == stored(first)
    puts = Counter(asked.path for asked in hub.asked if asked.method == "PUT")
    assert puts.total() == 3 + (0 if not request_.startswith("PUT") or what == "lost" else 2 if what == 503 else 1)


STAY: list[tuple[str, int | str, dict[str, str], int, str]] = [
    ("POST /api/datasets/me/REPO/commit", 503, {}, 3, "the Hub answered 503"),
    ("POST /api/datasets/me/REPO/commit", 412, {}, 3, "the Hub answered 412"),
    ("POST /api/datasets/me/REPO/tag", 409, {}, 3, "the Hub answered 409"),
    ("PUT /storage", "drop", {}, 3, "the Hub cannot be reached"),
    ("PUT /storage", "forget", {}, 3, "the Hub answered 400 (Your push was rejected"),
    ("POST /api/datasets/me/REPO/commit", "hang", {}, 3, "the Hub cannot be reached (ReadTimeout)"),
    ("GET /api/datasets/me/REPO/refs", 429, {"Retry-After": "3600"}, 3, "asks to wait 3600 s"),
    ("POST /api/datasets/me/REPO/commit", 401, {}, 2, "the Hub refuses the token"),
    ("POST /api/datasets/me/REPO/commit", 403, {}, 2, "the token needs write access"),
    ("POST /api/validate-yaml", 400, {}, 2, "the Hub does not take the card of me/"),
]


@pytest.mark.parametrize(
    ("request_", "what", "headers", "code", "words"), STAY, ids=[f"{what} {request}" for request, what, *_ in STAY]
)
def test_a_fault_that_stays_ends_in_a_sentence_and_the_next_try_does_what_is_left(
    hub: Hub,
    publisher: Publisher,
    first: Path,
    request_: str,
    what: int | str,
    headers: dict[str, str],
    code: int,
    words: str,
) -> None:
    name = f"stay-{[one[:3] for one in STAY].index((request_, what, headers))}"
    hub.faults.append(Fault(request_.replace("REPO", name), what, times=1000, headers=headers))
    began = time.monotonic()
    ended, said = publisher.publish(first, f"me/{name}", "v1.0", "--patience", "1")
    assert ended == code and words in said and TOKEN not in said and time.monotonic() - began < 10
    hub.faults.clear()
    held = set(hub.objects)
    hub.asked.clear()
    ended, said = publisher.publish(first, f"me/{name}", "v1.0")
    assert ended == 0 and "to be uploaded" not in said  # of what is there already
    assert not {asked.path.split("/")[-1] for asked in hub.asked if asked.method == "PUT"} & held
    assert commits(hub, f"me/{name}") == ["v1.0"] and on_hub(hub, f"me/{name}", "v1.0") == stored(first)


@pytest.mark.parametrize(
    "moment", ["PUT /storage", "POST /api/datasets/me/REPO/commit", "POST /api/datasets/me/REPO/tag"]
)
def test_after_a_kill_main_is_whole_and_the_next_try_ends_well(
    hub: Hub, publisher: Publisher, first: Path, second: Path, tmp_path: Path, moment: str
) -> None:
    repo = f"me/kill-{moment.split('/')[-1]}"
    publisher.publish(first, repo, "v1.0")
    hub.faults.append(fault := Fault(moment.replace("me/REPO", repo), "hang"))
    command = [sys.executable, "-m", "cards.publish", str(second), "--repo", repo, "--version", "v1.1"]
    process = subprocess.Popen(command, env=hub.environment(tmp_path, HF_TOKEN=TOKEN), stdout=subprocess.DEVNULL)
    while fault.times:
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert on_hub(hub, repo) == stored(second if "tag" in moment else first)
    assert set(hub.repos[repo].tags) == {"v1.0"}
    assert publisher.publish(second, repo, "v1.1")[0] == 0
    assert commits(hub, repo) == ["v1.0", "v1.1"] and on_hub(hub, repo, "v1.1") == stored(second)


def test_a_commit_that_somebody_else_made_meanwhile_is_not_lost(hub: Hub, publisher: Publisher, first: Path) -> None:
    publisher.publish(first, "me/meanwhile", "v1.0")
    hub.put("me/meanwhile", {"LICENSE": b"theirs"})
    publisher.publish(first, "me/meanwhile", "v1.1")
    assert hub.files("me/meanwhile", "v1.1")["LICENSE"] == b"theirs"
    card = hub.files("me/meanwhile", "v1.1")["README.md"].decode()
    assert "### v1.1, since v1.0\n\nThe same rows.\n" in card


def test_what_somebody_writes_into_the_card_while_a_version_is_uploaded_stays(
    hub: Hub, publisher: Publisher, first: Path, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.publish(first, "me/between", "v1.0")
    card, routes = hub.files("me/between")["README.md"], hub_writing.ROUTES

    def between(handler: Any, body: bytes, name: str) -> None:
        monkeypatch.setattr(hub_writing, "ROUTES", routes)
        hub.put(name, {"README.md": card + b"\nRead this first.\n"})
        hub_writing.preupload(handler, body, name)

    monkeypatch.setattr(hub_writing, "ROUTES", [(r"/api/datasets/(me/between)/preupload/main", between), *routes])
    assert publisher.publish(second, "me/between", "v1.1")[0] == 0
    assert "Read this first." in hub.files("me/between", "v1.1")["README.md"].decode()
    assert commits(hub, "me/between") == ["v1.0", "", "v1.1"]


def test_a_private_repo_is_one_and_a_public_one_is_not_taken_for_it(
    hub: Hub, publisher: Publisher, loader: Loader, first: Path
) -> None:
    hub.tokens.add(TOKEN)
    assert publisher.publish(first, "me/private", "v1.0", "--private")[0] == 0
    assert publisher.publish(first, "me/private", "v1.1", "--private")[0] == 0
    assert loader.load("me/private", "debate", "v1.0") == "DatasetNotFoundError"
    assert loader.load("me/private", "debate", "v1.0", token=TOKEN) == rows(12)
    publisher.publish(first, "me/public", "v1.0")
    code, said = publisher.publish(first, "me/public", "v1.1", "--private")
    assert code == 2 and "me/public is public, and --private is given" in said
    code, said = publisher.publish(first, "me/private", "v1.2", HF_TOKEN="hf_" + "x" * 34)
    assert code == 2 and "the Hub refuses the token for me/private (401)" in said


BROKEN = [b"", b"rows", b"PAR1" + b"x" * 50 + b"\5\0\0\0PAR1", None]  # None: with a hole in its middle


@pytest.mark.parametrize("shard", BROKEN)
def test_rows_on_the_hub_that_nobody_can_read_hold_no_version_back(
    hub: Hub, publisher: Publisher, first: Path, second: Path, shard: bytes | None
) -> None:
    repo = f"me/broken-{BROKEN.index(shard)}"
    publisher.publish(first, repo, "v1.0")
    name = "data/debate/train-00000-of-00002.parquet"
    whole = hub.files(repo)[name]
    hub.put(repo, {name: whole[:30] + bytes(200) + whole[230:] if shard is None else shard})
    code, said = publisher.publish(second, repo, "v1.1")
    assert code == 0 and on_hub(hub, repo, "v1.1") == stored(second), said
    assert "- `debate`, now 12 rows: what stood there cannot be read" in hub.files(repo)["README.md"].decode()


def test_a_hub_that_is_still_at_work_on_the_repo_is_asked_with_pauses(
    hub: Hub, publisher: Publisher, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def busy(handler: Any, body: bytes) -> None:  # huggingface_hub by itself would ask again at once, for ever
        asked.append(1)
        words = b'{"error": "You have a conflicting operation in progress"}'
        handler.send(409, words) if len(asked) <= 100 else hub_writing.create(handler, body)

    monkeypatch.setattr(hub_writing, "ROUTES", [("/api/repos/create", busy), *hub_writing.ROUTES])
    code, said = publisher.publish(first, "me/at-work", "v1.0", "--patience", "1")
    assert code == 3 and "the Hub answered 409" in said and 1 < len(asked) < 25


@pytest.mark.parametrize("asks", ["0", "\u00b2"])
def test_a_hub_that_asks_for_no_pause_is_not_hammered(hub: Hub, publisher: Publisher, first: Path, asks: str) -> None:
    hub.faults.append(Fault("GET /api/datasets/me/busy/refs", 429, times=1000, headers={"Retry-After": asks}))
    code, said = publisher.publish(first, "me/busy", "v1.0", "--patience", "1")
    assert code == 3 and "the Hub answered 429" in said and len(hub.asked) < 25


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1"])
def test_a_patience_that_is_none_is_refused(hub: Hub, publisher: Publisher, first: Path, seconds: str) -> None:
    code, said = publisher.publish(first, "me/ever", "v1.0", f"--patience={seconds}")
    assert code == 2 and "--patience is" in said and not hub.asked


def test_a_name_without_its_owner_is_ones_own(hub: Hub, publisher: Publisher, first: Path) -> None:
    code, said = publisher.publish(first, "bare", "v1.0")
    assert code == 0 and "me/bare v1.0 is published" in said and on_hub(hub, "me/bare", "v1.0") == stored(first)
    hub.tokens.add(TOKEN)
    code, said = publisher.publish(first, "bare", "v1.1", HF_TOKEN="hf_" + "x" * 34)
    assert code == 2 and "the Hub refuses the token for bare (401)" in said


def test_rows_that_somebody_else_put_there_are_not_replaced(hub: Hub, publisher: Publisher, first: Path) -> None:
    hub.put("me/theirs", {"data/train-0.parquet": b"rows", "README.md": b"Mine."})
    code, said = publisher.publish(first, "me/theirs", "v1.0")
    assert code == 2 and "me/theirs holds rows of somebody else (data/train-0.parquet)" in said
    assert hub.files("me/theirs")["data/train-0.parquet"] == b"rows" and not hub.repos["me/theirs"].tags
    hub.put("me/empty", {"README.md": b"What I plan to put here."})
    assert publisher.publish(first, "me/empty", "v1.0")[0] == 0
    assert "What I plan to put here." in hub.files("me/empty")["README.md"].decode()


def test_a_file_too_many_is_left_out_and_one_among_the_rows_is_never_published(
    hub: Hub, publisher: Publisher, tmp_path: Path
) -> None:
    place = folder(tmp_path / "mind", {"debate": rows(12)})
    (place / "notes.txt").write_text("by hand")
    (place / "index.html").write_text("<p>")
    code, said = publisher.publish(place, "me/many", "v1.0")
    assert code == 0 and "left out, as no part of the dataset: index.html, notes.txt" in said
    assert {"notes.txt", "index.html"}.isdisjoint(hub.files("me/many"))
    shard = place / "data" / "debate" / "train-00000-of-00002.parquet"
    shard.with_name("train-00001-of-00002.parquet").write_bytes(shard.read_bytes())
    code, said = publisher.publish(place, "me/many", "v1.1")
    assert code == 2 and "the files of debate are not those that its card was written for" in said
    shard.with_name("train-00002-of-00002.parquet").write_bytes(shard.read_bytes())
    code, said = publisher.publish(place, "me/many", "v1.1")
    assert code == 1 and "one is too many or missing" in said


LINKS = ["README.md", "chosen.json", "data/debate/train-00000-of-00001.parquet", "data/debate", "data"]


@pytest.mark.parametrize("name", LINKS)
def test_what_a_link_leads_to_is_never_published(hub: Hub, publisher: Publisher, tmp_path: Path, name: str) -> None:
    place, elsewhere = folder(tmp_path / "mind", {"debate": rows(2)}), tmp_path / "private"
    (place / "chosen.json").write_text("{}")
    (place / name).rename(elsewhere)
    (place / name).symlink_to(elsewhere)
    code, said = publisher.publish(place, "me/links", "v1.0")
    assert code == 2 and "symbolic link" in said and not hub.asked


NAMES: list[tuple[str, str, str]] = [
    ("me/mind/x", "v1.0", "cannot be a repo on the Hub"),
    ("me/mi nd", "v1.0", "cannot be a repo on the Hub"),
    ("me/mind", "main", "cannot be a tag"),
    ("me/mind", "v 1", "cannot be a tag"),
    ("me/mind", "v1..2", "cannot be a tag"),
]


@pytest.mark.parametrize(("repo", "version", "words"), NAMES)
def test_a_name_that_no_repo_or_tag_can_have_is_refused(
    hub: Hub, publisher: Publisher, first: Path, repo: str, version: str, words: str
) -> None:
    code, said = publisher.publish(first, repo, version)
    assert code == 2 and words in said and not hub.asked


SECRET = "hf_" + "aB3" * 12
ROWS: dict[str, Any] = {"debate": rows(2)}
REFUSED: dict[str, tuple[dict[str, Any], dict[str, str], list[str], str]] = {
    "a run of the rehearsal": ({"rehearsal": True}, {}, [], "which no model wrote; publish them with --allow-rehearsal"),
    "no licence": ({"recipe": "license: null\n"}, {}, [], "states no licence"),
    "a token in a row": ({"configs": {"debate": [row(0, f"Ann: {SECRET}")]}}, {}, [], "(column text) holds what looks like a token"),
    "a token in a turn": (
        {"configs": {"debate": [row(0, turns=[{"speaker": "Ann", "text": "sk-" + "a1" * 20}])]}}, {}, [],
        "(column turns) holds what looks like a token",
    ),
    "a token in a file that is left out": ({}, {"notes/mine.txt": f"x={SECRET}\n"}, [], "notes/mine.txt holds what looks like"),
    "a token in the recipe": ({"recipe": f"license: mit\nkey: sk-ant-{'a' * 30}\n"}, {}, [], "recipe.yaml holds what looks like"),
    "an address in the recipe": ({"recipe": "license: mit\nserver: http://10.1.2.3:80\n"}, {}, [], "private address 10.1.2.3 (line 2)"),
    "an address in run.json": ({"server": "http://gpu-box:8080/v1"}, {}, [], "run.json names the private address gpu-box"),
    "an address in another file": ({}, {"chosen.json": '{"at": "box.internal"}'}, [], "chosen.json names the private address box.internal"),
    "a row of the rehearsal": (
        {"configs": {"debate": [row(0, model="mathloom/rehearsal/generator")]}}, {}, [], "holds rows of the rehearsal",
    ),
    "personal data": (
        {"configs": {"debate": [row(0, "Ann: write to ann@example.org")]}}, {}, ["--refuse-personal"], "e-mail address (1 in debate)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_nobody_should_publish_is_refused_before_the_hub_is_asked(
    hub: Hub, publisher: Publisher, tmp_path: Path, name: str
) -> None:
    given, files, flags, words = REFUSED[name]
    place = folder(tmp_path / "mind", **{"configs": ROWS, **given})
    for path, text in files.items():
        (place / path).parent.mkdir(exist_ok=True)
        (place / path).write_text(text)
    code, said = publisher.publish(place, "me/refused", "v1.0", *flags)
    assert code == 2 and words in said and SECRET not in said and not hub.asked
