"""JSON, however it is laid out -> rows: a line each, an array, or an object that holds them.

{"text": ...}\\n{"text": ...}   |   [{"text": ...}, ...]   |   {"data": [...]}   |   {"key": {"text": ...}, ...}
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from builders.streams import BOM, CHUNK, LONGEST, Item, Stream, gather, lines
from builders.text import mended

DECODER = json.JSONDecoder(strict=False)  # a bare tab or line end in a text is taken as it is
MOST = 4 << 20  # lists and objects of one row; each takes twenty times the memory that it takes on the disk
WHOLE = 256 << 20  # bytes of a .json that is one object, which is not read in parts
GAP = re.compile(r"[\s,]*")
ESCAPED = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of a byte that is not UTF-8

JSON_TYPES = {bool: "true or false", int: "a number", float: "a number", str: "a text", dict: "an object"}


def jsonl(stream: Stream) -> Iterator[Item]:
    """One object a line; empty lines are no rows."""
    return of_lines(lines(stream))


def of_lines(numbered: Iterable[tuple[int, bytes | None]]) -> Iterator[Item]:
    """The object in each line."""
    for number, line in numbered:
        place = f"line {number}"
        yield Item(place, None, f"is longer than {LONGEST >> 20} MiB") if line is None else parsed(place, line)


def parsed(place: str, line: bytes) -> Item:
    """The object in a line."""
    try:
        text = line.decode()
        if text.count("[") + text.count("{") > MOST:
            return Item(place, None, f"has over {MOST:,} brackets")
        return an_object(place, DECODER.decode(text), text)
    except UnicodeDecodeError as problem:
        return Item(place, None, f"is not UTF-8 (byte 0x{line[problem.start]:02x} at {problem.start + 1})")
    except (ValueError, RecursionError):  # json's own words differ from one Python to the next
        return Item(place, None, f"is not JSON ({len(line.strip())} bytes)")


def an_object(place: str, value: Any, text: str) -> Item:
    """`value` as a row, where it is an object; `text` is what it was read from."""
    if not isinstance(value, dict):
        return Item(place, None, f"is {kind_of(value)}, not an object")
    try:
        return Item(place, mended(value) if "\\u" in text else value)
    except RecursionError:
        return Item(place, None, "is nested too deeply")


def kind_of(value: Any) -> str:
    """What a value is, in JSON's words."""
    return "null" if value is None else JSON_TYPES.get(type(value), f"a {type(value).__name__}")


def json_file(stream: Stream) -> Iterator[Item]:
    """What a .json holds: an array, lines, or one object."""
    if stream.peek(64).removeprefix(BOM).lstrip()[:1] == b"[":
        yield from array(stream)
        return
    numbered = lines(stream)
    first, second = next(numbered, None), next(numbered, None)
    if first is None:
        return
    item = next(of_lines([first]))
    if item.row is None and first[1] is not None:
        yield from one_object(first[1] + ((second and second[1]) or b""), stream)
    elif item.row is not None and second is None:
        yield from unwrapped(item.row)
    else:
        yield item
        yield from of_lines(chain([second] if second else [], numbered))


def array(stream: Stream) -> Iterator[Item]:
    """The elements of an array, one at a time."""
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    data, ended, problem = gather(stream, CHUNK)
    text, number = decode(data, ended), 0
    at = text.index("[") + 1
    while True:
        at += len(gap.group()) if (gap := GAP.match(text, at)) else 0
        if text.startswith("]", at):
            yield from after_the_end(text[at + 1 :], stream, ended)
            return
        try:
            end = 0
            if len(text) - at <= MOST or text.count("[", at) + text.count("{", at) <= MOST:
                value, end = DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = 0
        if end and (end < len(text) or ended):  # a number at the very end of what was read may go on
            number, found, at = number + 1, text[at:end], end
            yield an_element(f"element {number}", value, found)
        elif problem is not None:
            raise problem
        elif ended or len(text) - at > LONGEST:
            wrong = "is not JSON, and nothing after it can be read" if text[at:] else "is missing: the array has no end"
            yield Item(f"element {number + 1}", None, wrong)
            return
        else:  # as much again as there is: the cost of a long element stays in proportion to its length
            data, ended, problem = gather(stream, max(CHUNK, len(text) - at))
            text, at = text[at:] + decode(data, ended), 0


def after_the_end(rest: str, stream: Stream, ended: bool) -> Iterator[Item]:
    """Nothing, where nothing but blanks follows an array."""
    while not rest.strip() and not ended:
        data, ended, problem = gather(stream, CHUNK)
        rest = data.decode("latin-1")
        if problem is not None:
            raise problem
    if rest.strip():
        yield Item("the file", None, "goes on after its array, and that is not read")


def an_element(place: str, value: Any, text: str) -> Item:
    """As `an_object`, of a text in which the bytes that are not UTF-8 stand escaped."""
    escaped = not text.isascii() and ESCAPED.search(text)
    return Item(place, None, "is not UTF-8") if escaped else an_object(place, value, text)


def one_object(begun: bytes, stream: Stream) -> Iterator[Item]:
    """The rows of a .json that is neither array nor lines, of which `begun` was read before."""
    data, ended, problem = gather(stream, WHOLE)
    if problem is not None:
        raise problem
    if not ended:
        yield Item("the file", None, f"is one object of more than {WHOLE >> 20} MiB; a line each can be more")
        return
    item = parsed("the file", begun + data)
    yield from [item] if item.row is None else unwrapped(item.row)


def unwrapped(value: dict[str, Any]) -> Iterator[Item]:
    """The rows in `{"data": [row, ...]}`, `{"rows": [row, ...]}` or `{key: row, ...}`; else `value` is one row."""
    inner = next((value[name] for name in ("data", "rows") if isinstance(value.get(name), list)), None)
    if inner is not None:
        yield from (an_object(f"element {number}", row, "") for number, row in enumerate(inner, 1))
    elif value and all(isinstance(row, dict) for row in value.values()):
        yield from (Item(f"element {number}", {"id": key, **row}) for number, (key, row) in enumerate(value.items(), 1))
    else:
        yield Item("line 1", value)
