"""The finished folder: what `load_dataset` reads back, the same bytes for the same rows, and never half of it."""

import hashlib
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from datasets import Features, IterableDataset, Value, load_dataset
from huggingface_hub import DatasetCard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.configs import config_files, read_configs
from builders.errors import UserError, WorldError
from builders.folder import finished

TEXT = Value("string")
DIALOGUES = Features(
    {
        "id": TEXT,
        "text": TEXT,
        "turns": [{"speaker": TEXT, "text": TEXT}],
        "passage_tokens": Value("int64"),
        "copy_rate": Value("float64"),
        "flags": [TEXT],
    }
)
REJECTED = Features({**DIALOGUES, "reason": TEXT})
CONFIGS = {"debate": DIALOGUES, "interview": DIALOGUES, "rejected": REJECTED}
STYLES = ["debate", "interview"]
RUN = '{"mathloom": "0.1", "kind": "mind"}'


def row(number: int, text: str = "so it is", **more: Any) -> dict[str, Any]:
    turns = [{"speaker": "Ann", "text": text}, {"speaker": "Ben", "text": "why?"}]
    return {
        "id": f"d/{number}",
        "text": text,
        "turns": turns,
        "passage_tokens": number,
        "copy_rate": number / 7,
        "flags": [],
        **more,
    }


def make(
    output: Path, rows: dict[str, list[dict[str, Any]]], *, batch: int = 3, group: int = 4, files: int = 2
) -> Path:
    with finished(output, CONFIGS, STYLES, "mind", group, files) as folder:
        for config, of in rows.items():
            for start in range(0, len(of), batch):
                folder.write(config, of[start : start + batch])
        folder.put("run.json", RUN)
    return output


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "data").rglob("*"))
        if path.is_file()
    }


def loaded(folder: Path, cache: Path, config: str | None = None) -> Any:
    return load_dataset(str(folder), config, cache_dir=str(cache), split="train")


def test_load_dataset_gives_the_rows_and_the_declared_types_streaming_too(tmp_path: Path) -> None:
    debate, interview = [row(n) for n in range(11)], [row(n, "other") for n in range(20, 22)]
    folder = make(tmp_path / "out", {"interview": interview, "debate": debate, "rejected": [row(9, reason="loop")]})
    for config, rows, features in [
        (None, debate + interview, DIALOGUES),
        ("debate", debate, DIALOGUES),
        ("interview", interview, DIALOGUES),
        ("rejected", [row(9, reason="loop")], REJECTED),
    ]:
        dataset = loaded(folder, tmp_path / "cache", config)
        assert dataset.features == features
        assert dataset.to_list() == rows
        stream = load_dataset(str(folder), config, split="train", streaming=True)
        assert isinstance(stream, IterableDataset)
        assert list(stream) == rows


@pytest.mark.parametrize(
    ("wrote", "read"),
    [
        ("a\x00b", "a\x00b"),
        ("\ud800", "\ufffd"),
        ("x\udfffy\ud83d", "x\ufffdy\ufffd"),
        ("\ufeff𝔸 👩‍🔬 \u202eabc", "\ufeff𝔸 👩‍🔬 \u202eabc"),
        ("a\r\nb\rc\u2028---\n```", "a\r\nb\rc\u2028---\n```"),
        ("", ""),
    ],
)
def test_hostile_text_arrives_as_it_is(tmp_path: Path, wrote: str, read: str) -> None:
    folder = make(tmp_path / "out", {"debate": [row(1), row(2, wrote, flags=[wrote, "loop"])]})
    assert loaded(folder, tmp_path / "cache").to_list() == [row(1), row(2, read, flags=[read, "loop"])]


def test_a_column_that_a_row_lacks_is_null_and_an_empty_list_stays_one(tmp_path: Path) -> None:
    folder = make(tmp_path / "out", {"debate": [{"id": "d/1"}, row(2, turns=[])]})
    first, second = loaded(folder, tmp_path / "cache").to_list()
    assert first == {"id": "d/1"} | dict.fromkeys(["text", "turns", "passage_tokens", "copy_rate", "flags"])
    assert second["turns"] == [] and second["flags"] == []


@pytest.mark.parametrize(
    ("config", "bad", "said"),
    [
        ("debate", {"id": "d", "txt": "x"}, "column txt is not declared"),
        ("debate", {"id": 7}, "column id is declared string, but a row holds 7"),
        ("debate", {"passage_tokens": "many"}, "column passage_tokens is declared int64"),
        ("debate", {"passage_tokens": 1 << 70}, "column passage_tokens is declared int64"),
        ("debate", {"turns": [{"speaker": 1}]}, "column turns is declared"),
        ("quiz", {"id": "d"}, "no config 'quiz'; declared are debate, interview, rejected"),
    ],
)
def test_a_row_that_does_not_fit_is_named_and_leaves_no_folder(
    tmp_path: Path, config: str, bad: Any, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        make(tmp_path / "out", {config: [bad]})
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(max_size=60), max_size=30),
    batch=st.integers(1, 31),
    other=st.integers(1, 31),
)
def test_the_bytes_depend_on_the_rows_and_not_on_their_batches(
    tmp_path: Path, texts: list[str], batch: int, other: int
) -> None:
    rows = {"debate": [row(n, text) for n, text in enumerate(texts)], "rejected": [row(n) for n in range(5)]}
    one = digests(make(tmp_path / "one", rows, batch=batch))
    assert digests(make(tmp_path / "other", rows, batch=other)) == one


def test_large_rows_in_odd_batches_give_the_same_bytes(tmp_path: Path) -> None:
    rows = {"debate": [row(n, f"{n} " * 400_000) for n in range(9)]}
    assert digests(make(tmp_path / "a", rows, batch=1)) == digests(make(tmp_path / "b", rows, batch=9))


@pytest.mark.parametrize(("count", "files"), [(1, 1), (4, 1), (8, 1), (9, 2), (16, 2), (17, 3)])
def test_files_are_cut_by_rows_and_none_is_empty(tmp_path: Path, count: int, files: int) -> None:
    folder = make(tmp_path / "out", {"debate": [row(n) for n in range(count)]}, group=4, files=2)
    found = sorted((folder / "data" / "debate").iterdir())
    assert [file.name for file in found] == [f"train-{n:05d}-of-{files:05d}.parquet" for n in range(files)]
    assert [pq.read_metadata(file).num_rows for file in found] == [8] * (files - 1) + [count - 8 * (files - 1)]
    assert loaded(folder, tmp_path / "cache")["id"][:] == [f"d/{n}" for n in range(count)]


def test_a_config_without_rows_has_no_file_and_is_not_declared(tmp_path: Path) -> None:
    folder = make(tmp_path / "out", {"rejected": [row(1, reason="loop")], "debate": []})
    assert list(read_configs(folder)) == ["rejected"]
    assert sorted(path.name for path in (folder / "data").iterdir()) == ["rejected"]
    assert loaded(folder, tmp_path / "cache")["reason"][:] == ["loop"]


def test_a_folder_without_any_row_is_still_a_folder(tmp_path: Path) -> None:
    folder = make(tmp_path / "out", {})
    assert read_configs(folder) == {}
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "run.json"]


def test_default_lists_the_files_of_the_styles_and_nothing_is_stored_twice(tmp_path: Path) -> None:
    folder = make(tmp_path / "out", {"debate": [row(1)], "interview": [row(2)], "rejected": [row(3)]})
    assert list(digests(folder)) == [f"data/{name}/train-00000-of-00001.parquet" for name in sorted(CONFIGS)]
    files = config_files(folder)
    assert files["default"] == files["debate"] + files["interview"]
    assert {config: rows for config, (rows, _) in read_configs(folder).items()} == {
        "default": 2,
        "debate": 1,
        "interview": 1,
        "rejected": 1,
    }
    assert read_configs(folder)["rejected"][1] == REJECTED
    assert DatasetCard.load(folder / "README.md").data.to_dict()["configs"][0]["config_name"] == "default"


def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    folder = make(tmp_path / "out", {"debate": [row(1)]})
    [file] = config_files(folder)["debate"]
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(UserError, match=r"data/debate/train-00000-of-00001\.parquet is no file"):
        config_files(folder)


def test_a_kind_with_rows_of_its_own_under_default(tmp_path: Path) -> None:
    with finished(tmp_path / "out", {"default": DIALOGUES}, [], "passages") as folder:
        folder.write("default", [row(1)])
        folder.put("run.json", RUN)
    assert loaded(tmp_path / "out", tmp_path / "cache")["id"][:] == ["d/1"]


@pytest.mark.parametrize("name", ["a b", "a/b", ".x", "a*", "", "ä"])
def test_a_name_that_cannot_be_a_config_is_the_users_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot be a config"), finished(tmp_path / "o", {name: DIALOGUES}, [], "mind"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_written_again_gives_its_new_rows_whatever_the_times_of_its_files(tmp_path: Path) -> None:
    for text in ["first", "second", "thirds"]:
        folder = make(tmp_path / "out", {"debate": [row(1, text)]})
        for file in (folder / "data").rglob("*.parquet"):
            os.utime(file, (1, 1))
        assert loaded(folder, tmp_path / "cache")["text"][:] == [text]
        assert loaded(folder, tmp_path / "cache", "debate")["text"][:] == [text]


def test_whatever_is_raised_the_earlier_folder_stays_and_nothing_else(tmp_path: Path) -> None:
    folder = make(tmp_path / "out", {"debate": [row(1)]})
    before = digests(folder)
    for error in (KeyboardInterrupt, SystemExit, OSError, ValueError):
        with pytest.raises(error), finished(folder, CONFIGS, STYLES, "mind", 2, 2) as writer:
            writer.write("debate", [row(n) for n in range(9)])
            raise error
        assert digests(folder) == before
        assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_without_run_json_is_never_finished(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"run\.json"), finished(tmp_path / "out", CONFIGS, STYLES, "mind"):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("config", STYLES)
def test_a_full_disk_is_one_sentence_and_changes_nothing(tmp_path: Path, config: str) -> None:
    folder = make(tmp_path / "out", {"debate": [row(1)]})
    before = digests(folder)
    noise = [row(n, os.urandom(2000).hex()) for n in range(60)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(WorldError, match=r"out cannot be written: .*run the same command again$"):
            make(folder, {config: noise}, group=60 if config == "debate" else 10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert digests(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


CHILD = """
    import sys
    from pathlib import Path
    from tests_folder import make, row
    for number in range(10_000):
        rows = [row(n, str(number)) for n in range(50)]
        make(Path(sys.argv[1]), {"debate": rows, "rejected": rows[:1]})
        print(number, flush=True)
"""


def child(script: str, *arguments: str) -> subprocess.Popen[str]:
    code = textwrap.dedent(script).replace("tests_folder", Path(__file__).stem)
    path = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True)


def test_after_a_kill_at_any_moment_a_whole_folder_stands_there_and_the_next_run_clears_up(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for kill in range(6):
        process = child(CHILD, str(out))
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.007 * kill + 0.003)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        table = pq.ParquetDataset(config_files(out)["debate"]).read(["text"])
        texts = table["text"].to_pylist()
        assert len(texts) == 50 and len(set(texts)) == 1
        assert read_configs(out)["rejected"][0] == 1
        assert len([path for path in tmp_path.iterdir() if path != out]) <= 1
    make(out, {"debate": [row(1)]})
    assert list(tmp_path.iterdir()) == [out]


MEMORY = """
    import sys
    from pathlib import Path
    from tests_folder import DIALOGUES, RUN, finished, row
    names = [f"style{n}" for n in range(9)]
    peaks = []
    with finished(Path(sys.argv[1]), dict.fromkeys(names, DIALOGUES), names, "mind") as folder:
        for start in range(0, 16_000, 50):
            rows = [row(n, f"{n * n} = x^2 and so on. " * 110) for n in range(start, start + 50)]
            folder.write(names[start // 50 % 9], rows)
            if start in (0, 5_000, 15_000):
                peaks.append(int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024)
        folder.put("run.json", RUN)
    print(*peaks)
"""


def test_memory_is_flat(tmp_path: Path) -> None:
    process = child(MEMORY, str(tmp_path / "out"))
    first, middle, last = map(int, process.communicate(timeout=60)[0].split())
    assert middle - first < 60, (first, middle, last)
    assert last - middle < 12, (first, middle, last)


def test_the_front_matter_is_yaml_that_anybody_reads(tmp_path: Path) -> None:
    folder = make(tmp_path / "out", {"debate": [row(1)]})
    front = yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert [config["config_name"] for config in front["configs"]] == ["default", "debate"]
    assert front["configs"][0]["data_files"] == [{"split": "train", "path": ["data/debate/train-*.parquet"]}]


BY_HAND: list[Any] = [
    {"config_name": "mine", "data_files": "mine.csv"},
    {"config_name": "mine", "data_dir": "data/debate"},
    {"config_name": ["mine"], "data_files": [{"split": "train", "path": ["data/debate/train-*.parquet"]}]},
    {"config_name": 'mine")\n```', "data_files": [{"split": "train", "path": ["data/debate/train-*.parquet"]}]},
    {"config_name": "mine", "data_files": [{"split": "train", "path": ["../next/data/debate/train-*.parquet"]}]},
    {"config_name": "mine", "data_files": [{"split": "train", "path": ["data/../../next/train-*.parquet"]}]},
    {"config_name": "mine", "data_files": [{"split": "train", "path": ["/etc/*.parquet"]}]},
    {"data_files": [{"split": "train", "path": ["data/debate/train-*.parquet"]}]},
    "mine",
]


@pytest.mark.parametrize("config", BY_HAND)
def test_a_config_that_a_person_declares_is_none_of_the_folders(tmp_path: Path, config: Any) -> None:
    make(tmp_path / "next", {"debate": [row(1)]})
    folder = make(tmp_path / "out", {"debate": [row(1)]})
    before = config_files(folder)
    _, front, body = (folder / "README.md").read_text().split("---\n", 2)
    values = yaml.safe_load(front)
    values["configs"].append(config)
    (folder / "README.md").write_text(f"---\n{yaml.safe_dump(values)}---\n{body}")
    assert config_files(folder) == before and list(before) == list(read_configs(folder)) == ["default", "debate"]


def test_files_of_a_config_with_other_columns_or_none_are_named(tmp_path: Path) -> None:
    folder = make(tmp_path / "out", {"debate": [row(1)], "interview": [row(2)]})
    file = config_files(folder)["debate"][0]
    table = pq.read_table(file)
    for other in (table.drop_columns(["text"]), table.set_column(1, "text", [[1]])):
        pq.write_table(other, file)
        with pytest.raises(UserError, match="the files of default do not have the same columns"):
            read_configs(folder)
    pq.write_table(table.replace_schema_metadata({"huggingface": '{"info": {"features": [1]}}'}), file)
    with pytest.raises(UserError, match="the files of default cannot be read"):
        read_configs(folder)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no finished folder"):
        read_configs(tmp_path)
    (tmp_path / "README.md").write_text("# hello\n")
    with pytest.raises(UserError, match="declares no configs"):
        read_configs(tmp_path)
    folder = make(tmp_path / "out", {"debate": [row(1)]})
    config_files(folder)["debate"][0].unlink()
    with pytest.raises(UserError, match="has no file of it"):
        read_configs(folder)


@pytest.mark.parametrize("path", ["../secret/*.parquet", "data/../../secret/a.parquet", "/etc/*", "**/*.parquet", 7])
@pytest.mark.parametrize("name", ["debate", "../debate"])
def test_a_finished_folder_takes_no_file_from_outside_of_it(tmp_path: Path, name: str, path: object) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.parquet").write_bytes(b"PAR1")
    folder = tmp_path / "theirs"
    folder.mkdir()
    configs = [{"config_name": name, "data_files": [{"split": "train", "path": [path]}]}]
    (folder / "README.md").write_text(f"---\n{yaml.safe_dump({'configs': configs})}---\n")
    assert config_files(folder) == {}
