"""What is not published: rows of the rehearsal, tokens, addresses that mean nothing to others, data without a licence.

a finished folder -> nothing, or one sentence that names the file and what is wrong with it, and never the secret itself
"""

import ipaddress
import os
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from huggingface_hub import get_token, metadata_load

from builders.errors import UserError
from builders.groups import record_batches

# The beginnings that providers give their tokens so that they can be found. RE2 reads this too, which knows no lookbehind.
TOKENS = (
    r"hf_[A-Za-z0-9]{30,}", r"api_org_[A-Za-z0-9]{30,}",  # Hugging Face
    r"sk-[A-Za-z0-9]{20,}", r"sk-(?:proj|svcacct|admin|ant|or)-[\w-]{20,}",  # OpenAI, Anthropic, OpenRouter
    r"gsk_[A-Za-z0-9]{40,}", r"nvapi-[\w-]{40,}", r"r8_[A-Za-z0-9]{30,}", r"AIza[\w-]{35}", r"xai-[A-Za-z0-9]{40,}",
    r"gh[opsru]_[A-Za-z0-9]{36}", r"github_pat_\w{40,}", r"glpat-[\w-]{20,}", r"AKIA[0-9A-Z]{16}", r"xox[abeprs]-[\w-]{10,}",
    r"npm_[A-Za-z0-9]{36}", r"pypi-[\w-]{50,}", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
)  # fmt: skip
# What a token may stand behind: in JSON, in YAML and in an address the end of a line is letters, too.
BEFORE = r"(?:^|[^A-Za-z0-9_]|\\[abfnrtv]|\\u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2})"
SECRET_NAME = re.compile(r"(?:TOKEN|KEY|SECRET|PASSWORD)$")
SECRET_LENGTH = 12  # characters from which the value of such a variable is looked for
CHUNK, OVERLAP = 1 << 20, 4096

ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
ADDRESS_6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{1,4})?(?::[0-9a-f]{0,4}){2,7}(?![\w:])", re.IGNORECASE)
# Names that only resolve on one's own machine or network (RFC 6761, 6762, 8375 and common use).
HOST = re.compile(
    r"(?<![\w.-])(?:localhost|(?:[a-z0-9-]+\.)+(?:localhost|localdomain|local|internal|intranet|lan|corp|home\.arpa))"
    r"(?![\w-]|\.\w)", re.IGNORECASE,
)  # fmt: skip
# The host of an address: of one word (but hf://datasets), or an IPv4 address in any of its spellings (127.1, 0x7f000001).
ONE_WORD = re.compile(r"(?<=://)(?<!hf://)(?:[^\s/@]*@)?[a-z0-9_-]+(?=:\d|[^\w.:@%-]|\.(?!\w)|$)", re.IGNORECASE)
NUMBERS = re.compile(r"(?<=://)(?:[^\s/@]*@)?((?:0x)?[0-9a-f]+(?:\.(?:0x)?[0-9a-f]+){1,3})(?![\w.-])", re.IGNORECASE)
PASSWORD = re.compile(r"://[^\s/@:\"'<>]+:[^\s/@\"'<>]+@")
ESCAPED = re.compile(r"\\[nrt]")  # an end of a line in JSON, of which a letter would stand before the address
REHEARSAL = "mathloom/rehearsal/"


def check_licence(folder: Path) -> None:
    """Raises UserError where the card states no licence."""
    front = metadata_load(folder / "README.md") or {}
    said = str(front.get("license") or "unknown")
    if said == "unknown" or (said == "other" and not front.get("license_name")):
        raise UserError(
            f"{folder} states no licence, and nobody could use it: say 'license: NAME' in the recipe (or --license NAME), and make "
            "the folder again with --from-ledger"
        )


def check_addresses(texts: Mapping[str, str]) -> None:
    """Raises UserError where a text (name -> text) holds an address of this machine or a network of one's own."""
    for name, text in texts.items():
        found = next(private_addresses(text), None)
        if found is not None:
            line = text.count("\n", 0, text.index(found)) + 1
            raise UserError(f"{name} names the private address {found} (line {line}); take it out, and publish again")
        if password := PASSWORD.search(text):
            line = text.count("\n", 0, password.start()) + 1
            raise UserError(
                f"{name} names an address with a password in it (line {line}); take it out, and publish again"
            )


def private_addresses(text: str) -> Iterator[str]:
    """Addresses of loopback, private and link-local networks, and hosts that only one network knows."""
    text = ESCAPED.sub("  ", text)
    for match in [*ADDRESS.finditer(text), *ADDRESS_6.finditer(text)]:
        try:
            if not ipaddress.ip_address(match[0]).is_global and match[0].strip(":."):
                yield match[0]
        except ValueError:
            continue
    for match in NUMBERS.finditer(text):
        try:
            if not ipaddress.IPv4Address(socket.inet_aton(match[1])).is_global:
                yield match[1]
        except OSError:
            continue
    yield from (match[0] for match in HOST.finditer(text))
    yield from (match[0].rpartition("@")[2] for match in ONE_WORD.finditer(text))


def check_files(folder: Path, files: Iterable[Path], rehearsal: bool) -> None:
    """Raises UserError where any file holds a token; with `rehearsal` false, where a row is the rehearsal's."""
    secrets = [*TOKENS, *(re.escape(value) for value in _own_secrets())]
    pattern = rf"{BEFORE}(?:{'|'.join(secrets)})"
    plain = re.compile(pattern.encode(), re.MULTILINE)
    for path in files:
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".parquet":
            _check_parquet(path, name, pattern, rehearsal)
        elif any(plain.search(chunk) for chunk in _chunks(path)):
            raise _token(name)


def _own_secrets() -> set[str]:
    """What this machine's user keeps secret: the Hub's token, and what the environment calls so."""
    named = {value for name, value in os.environ.items() if SECRET_NAME.search(name.upper())}
    return {value for value in {*named, get_token() or ""} if len(value) >= SECRET_LENGTH}


def _check_parquet(path: Path, name: str, pattern: str, rehearsal: bool) -> None:
    try:
        with pq.ParquetFile(path) as file:
            if re.search(
                pattern.encode(), file.schema_arrow.serialize().to_pybytes()
            ):  # names, and what is said of them
                raise _token(name)
        for batch in record_batches([path]):
            for column, texts in strings(batch):
                if pc.any(pc.match_substring_regex(texts, pattern)).as_py():
                    raise _token(f"{name} (column {column})")
                if not rehearsal and pc.any(pc.starts_with(texts, REHEARSAL)).as_py():
                    raise UserError(
                        f"{name} holds rows of the rehearsal, which no model wrote; publish them with --allow-rehearsal"
                    )
    except (pa.ArrowException, OSError) as problem:
        if isinstance(problem, MemoryError):
            raise
        raise UserError(f"{name} is no parquet file ({problem}); make the folder again") from problem


def strings(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.Array]]:
    """(column, texts or bytes) of a batch, of those within lists and objects too."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        yield from ((name, texts) for texts in _leaves(column))


def _leaves(array: pa.Array) -> Iterator[pa.Array]:
    kind = array.type
    if pa.types.is_dictionary(kind):
        yield from _leaves(array.dictionary_decode())
    elif pa.types.is_string_view(kind) or pa.types.is_binary_view(kind) or pa.types.is_fixed_size_binary(kind):
        yield array.cast(pa.large_binary())
    elif pa.types.is_map(kind):
        yield from (leaf for part in (array.keys, array.items) for leaf in _leaves(part))
    elif pa.types.is_nested(kind):
        for inner in array.flatten() if pa.types.is_struct(kind) else [array.flatten()]:
            yield from _leaves(inner)
    elif isinstance(array, pa.ExtensionArray):
        yield from _leaves(array.storage)
    elif any(
        same(kind)
        for same in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    ):
        yield array


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(CHUNK):
            yield before + chunk
            before = chunk[-OVERLAP:]


def _token(name: str) -> UserError:
    return UserError(f"{name} holds what looks like a token; take it out, and withdraw the token if it is one")
