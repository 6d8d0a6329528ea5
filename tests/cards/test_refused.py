"""What is not published: tables of what is an address of one's own or a token, and of what only looks like one."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders.errors import UserError
from cards.refused import check_addresses, check_files, private_addresses

PRIVATE = {
    "http://127.0.0.1:8080/v1": "127.0.0.1",
    "endpoint: 10.0.0.7": "10.0.0.7",
    "172.31.255.1, and so on": "172.31.255.1",
    "at 192.168.1.20.": "192.168.1.20",
    "169.254.169.254": "169.254.169.254",
    "100.64.0.1": "100.64.0.1",
    "0.0.0.0:80": "0.0.0.0",
    "http://[::1]:8080": "::1",
    "fe80::1ff:fe23:4567:890a": "fe80::1ff:fe23:4567:890a",
    "fd12:3456:789a::1": "fd12:3456:789a::1",
    "http://localhost:8080": "localhost",
    "see LOCALHOST": "LOCALHOST",
    "gpu-3.cluster.internal": "gpu-3.cluster.internal",
    "printer.local": "printer.local",
    "https://wiki.corp/page": "wiki.corp",
    "nas.home.arpa": "nas.home.arpa",
    "http://gpu-box:8080/v1": "gpu-box",
    "https://user:word@server/": "server",
    "see `http://gpu-box`, or": "gpu-box",
    "http://gpu-box?x=1": "gpu-box",
    "http://127.1:8080": "127.1",
    "http://0177.0.0.1/": "0177.0.0.1",
    "http://0x7f.0.0.1/": "0x7f.0.0.1",
    "http://2130706433/": "2130706433",
    "http://[::ffff:10.0.0.1]/": "10.0.0.1",
    r"a line\nlocalhost:8080": "localhost",
    r"a line\n10.0.0.7": "10.0.0.7",
}
PUBLIC = [
    "https://arxiv.org/abs/2410.12881", "http://8.8.8.8/", "https://YOUR.endpoints.huggingface.cloud", "2001:4860:4860::8888",
    "12:30:45", "mean 0.5.1, 10.1.2", "version 1.2.3.4", "std::vector", "a :: Int", "1::2 and 3:4:5", "the local ring, internal angles",
    "O(n).local_maximum", "localhosts", "1.10.0.0.1", "x.localized", "https://example.org:8080/", "999.1.1.1", "http://8.8/", "http://dead.beef/", "hf://datasets/user/name",
    "data/debate/train-*.parquet",
]  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_an_address_that_only_one_network_knows_is_found(text: str) -> None:
    assert PRIVATE[text] in private_addresses(text)


@pytest.mark.parametrize("text", PUBLIC)
def test_what_everybody_may_know_is_no_private_address(text: str) -> None:
    assert list(private_addresses(text)) == []


def test_a_password_in_an_address_is_refused_and_not_said() -> None:
    check_addresses({"recipe.yaml": "rows: https://user@example.org:80/x:y@v1"})
    with pytest.raises(UserError, match=r"recipe.yaml names an address with a password in it \(line 2\)") as raised:
        check_addresses({"recipe.yaml": "license: mit\nserver: https://ann:opensesame@example.org/v1"})
    assert "opensesame" not in str(raised.value)


TOKENS = [
    "hf_" + "aB3" * 11 + "x", "sk-" + "a" * 40, "sk-proj-" + "a-_1" * 8, "sk-ant-api03-" + "b" * 40, "ghp_" + "a1" * 18,
    "AKIA" + "A1" * 8, "AIza" + "b" * 35, "xoxb-123456789012", "glpat-" + "c" * 20, "-----BEGIN RSA PRIVATE KEY-----",
]  # fmt: skip
NONE = [
    "hf_hub_download",
    "sk-learn",
    "risk-" + "a" * 30,
    "task-proj-" + "a" * 30,
    "x_hf_" + "a" * 34,
    "sk-1",
    r"$\mask-x$",
    "AKIA",
    "hf_" + "a" * 9,
]


@pytest.mark.parametrize("text", [*TOKENS, *NONE])
@pytest.mark.parametrize("name", ["a.txt", ".env", "data/a.parquet", "nested/data/b.parquet"])
def test_a_token_is_found_in_every_kind_of_file(tmp_path: Path, text: str, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        rows = [
            {"a": 1, "b": [{"c": ["nothing", None]}]},
            {"a": 2, "b": [{"c": [f"it is {text}!"]}] if "nested" in name else None},
        ]
        pq.write_table(
            pa.Table.from_pylist([{**row, "d": f"({text})" if row["a"] == 2 else None} for row in rows]), path
        )
    else:
        path.write_bytes(b"\0" * 5 + f"key={text}\n".encode())
    if text in NONE:
        check_files(tmp_path, [path], rehearsal=False)
        return
    with pytest.raises(UserError, match="holds what looks like a token") as raised:
        check_files(tmp_path, [path], rehearsal=False)
    assert str(raised.value).startswith(name) and text not in str(raised.value)


@pytest.mark.parametrize("before", [r'{"said": "it is\n', r'{"said": "\u003c', "https://example.org/?token%3D"])
def test_a_token_behind_an_escape_is_found(tmp_path: Path, before: str) -> None:
    (tmp_path / "run.json").write_text(f'{before}{TOKENS[0]}"}}')
    pq.write_table(pa.table({"said": [before + TOKENS[0]]}), tmp_path / "a.parquet")
    for name in ("run.json", "a.parquet"):
        with pytest.raises(UserError, match=f"{name}.* holds what looks like a token"):
            check_files(tmp_path, [tmp_path / name], rehearsal=False)


TYPES: list[tuple[str, object, pa.DataType]] = [
    ("a", TOKENS[0], pa.dictionary(pa.int32(), pa.string())),
    ("a", TOKENS[0], pa.string_view()),
    ("a", TOKENS[0].encode(), pa.binary()),
    ("a", TOKENS[0].encode(), pa.binary(len(TOKENS[0]))),
    ("a", [TOKENS[0]], pa.list_(pa.string(), 1)),
    ("a", [("key", TOKENS[0])], pa.map_(pa.string(), pa.string())),
    ("a", {"b": {"c": [TOKENS[0]]}}, pa.struct({"b": pa.struct({"c": pa.large_list(pa.large_string())})})),
    (TOKENS[0], 1, pa.int64()),
    ("a", {TOKENS[0]: 1}, pa.struct({TOKENS[0]: pa.int64()})),
]


@pytest.mark.parametrize(("column", "value", "kind"), TYPES)
def test_a_token_is_found_in_rows_of_every_type_and_in_their_names(
    tmp_path: Path, column: str, value: object, kind: pa.DataType
) -> None:
    values = pa.array([TOKENS[0]]).cast(kind) if pa.types.is_dictionary(kind) else pa.array([value], kind)
    pq.write_table(pa.table({"d": [0], column: values}), tmp_path / "a.parquet")
    with pytest.raises(UserError, match=r"a\.parquet.* holds what looks like a token") as raised:
        check_files(tmp_path, [tmp_path / "a.parquet"], rehearsal=False)
    assert TOKENS[0] not in str(raised.value)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"x" * 50 + b"\5\0\0\0PAR1"])
def test_what_is_no_parquet_file_is_the_users_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(data)
    with pytest.raises(UserError, match=r"a\.parquet is no parquet file"):
        check_files(tmp_path, [tmp_path / "a.parquet"], rehearsal=False)


def test_a_token_in_a_long_file_is_found_across_its_pieces(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"a " * 524_280 + f"b={TOKENS[0]}".encode() + b" c" * 10)
    assert 1 << 20 in range(path.read_bytes().index(b"hf_"), path.read_bytes().index(b"hf_") + 34)
    with pytest.raises(UserError, match="long.txt holds"):
        check_files(tmp_path, [path], rehearsal=False)


def test_a_secret_of_the_environment_is_found_in_any_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_ENDPOINT_TOKEN", "odd (form) of $secret")
    (tmp_path / "a.json").write_text('{"said": "odd (form) of $secret"}')
    pq.write_table(pa.table({"text": ["was 'odd (form) of $secret'"]}), tmp_path / "a.parquet")
    for name in ("a.json", "a.parquet"):
        with pytest.raises(UserError, match=f"{name}.* holds what looks like a token"):
            check_files(tmp_path, [tmp_path / name], rehearsal=False)
