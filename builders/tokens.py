"""Counting tokens: a tokenizer's own count of a text, and the places where a text may be cut with the count known.

    texts -> tokens of each
    text -> pieces, each with its code points and its tokens

`builders/tokenizer.json` is the tokenizer that the project ships: a byte-level BPE, trained on texts of ours.

    python -m builders.tokens --rows sample --tokenizer NAME    how far our counts are from another tokenizer's
    python -m builders.tokens --rows sample --train FILE.json   makes a tokenizer of the same kind from rows of yours
"""

import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from builders.commands import command, option, parse
from builders.errors import CheckFailed, UserError, is_panic
from builders.pieces import find_pieces, is_of_our_kind, train
from builders.screen import say
from builders.text import mend

OURS = Path(__file__).with_name("tokenizer.json")

# Pieces whose counts are remembered: some 10 MB, more than a million documents' common words; and words, with what stands at
# them, of which one that is longer hardly comes again
REMEMBERED, WORDS, LONGEST = 60_000, 20_000, 64


class _Counts(dict[str, int]):
    """The tokens of a piece, counted once and then remembered."""

    def __init__(self, engine: Tokenizer) -> None:
        super().__init__()
        self.engine = engine

    def __missing__(self, piece: str) -> int:
        try:
            count = len(self.engine.encode(piece, add_special_tokens=False))
        except BaseException as problem:
            raise spoilt(problem) from problem
        if len(self) >= REMEMBERED:
            self.clear()
        self[piece] = count
        return count


class _Words(dict[str, int]):
    """The tokens of what stands between two spaces, and of the space behind it: a third of the pieces to look up."""

    def __init__(self, counts: _Counts) -> None:
        super().__init__()
        self.counts = counts

    def __missing__(self, word: str) -> int:
        count = sum(map(self.counts.__getitem__, find_pieces(word + " ")))
        if len(word) <= LONGEST:
            if len(self) >= WORDS:
                self.clear()
            self[word] = count
        return count


@dataclass(frozen=True)
class Tokens:
    """A tokenizer as a measure of texts."""

    name: str  # for screens and cards: no path of a machine
    source: str | None  # what `load_tokenizer` was given
    exact: bool  # the counts of pieces add up to the count of the text
    engine: Tokenizer
    counts: _Counts
    words: _Words

    def __reduce__(self) -> tuple[Callable[[str | None], "Tokens"], tuple[str | None]]:
        return load_tokenizer, (self.source,)

    def count(self, texts: Sequence[str]) -> list[int]:
        """The tokenizer's own count of each text, without special tokens."""
        mended = [mend(text) for text in texts]
        if self.exact:
            return [self._count(text) for text in mended]
        try:
            return [len(found) for found in self.engine.encode_batch_fast(mended, add_special_tokens=False)]
        except BaseException as problem:
            raise spoilt(problem) from problem

    def _count(self, text: str) -> int:
        """A space ends a piece, and nothing looks back: so words count alone, but where spaces and tabs make one piece."""
        one = self.counts.__getitem__
        if "  " in text or any(map(text.__contains__, "\t\f\v")):
            return sum(map(one, find_pieces(text)))
        *words, last = text.split(" ")
        return sum(map(self.words.__getitem__, words)) + sum(map(one, find_pieces(last)))

    def pieces(self, text: str) -> tuple[Iterable[int], Iterable[int]]:
        """Code points and tokens of each piece of `text`, in order; where not `exact` the tokens are an estimate.

        What follows the text may change its last piece; all others stand.
        """
        if self.exact:
            found = find_pieces(text)
            return map(len, found), map(self.counts.__getitem__, found)
        lengths, counts, done = [], [0], 0
        try:
            offsets = self.engine.encode(text, add_special_tokens=False).offsets
        except BaseException as problem:
            raise spoilt(problem) from problem
        for _, end in offsets:
            counts[-1] += 1  # several tokens may end at one place: the bytes of a character, a mark before a word
            if end > done:
                lengths.append(end - done)
                counts.append(0)
                done = end
        spare = counts.pop()
        if done < len(text):
            return [*lengths, len(text) - done], [*counts, spare]
        if counts:
            counts[-1] += spare
        return lengths, counts


def spoilt(problem: BaseException) -> BaseException:
    """What to raise where a tokenizer ends: some are made to, and of others a part is missing."""
    if isinstance(problem, MemoryError) or not (isinstance(problem, Exception) or is_panic(problem)):
        return problem
    return UserError(f"the tokenizer cannot count a text: {' '.join(str(problem).split())}; name another --tokenizer")


def load_tokenizer(name: str | None = None) -> Tokens:
    """The tokenizer that a Hub id or a `tokenizer.json` names; None is the one that the project ships.

    A name that ends in `@` and 8 hex digits, as recipes of finished folders have it, must be of that content.
    Raises UserError where it is not to be had, saying what is wrong.
    """
    pinned = re.fullmatch(r"(.+)@([0-9a-f]{8})", name or "")
    if pinned and not Path(name or "").is_file():
        found = load_tokenizer(None if pinned[1] == "mathloom" else pinned[1])
        if not found.name.endswith(f"@{pinned[2]}"):
            raise UserError(
                f"the tokenizer {name} is not to be had: {pinned[1]} is {found.name} now, and counts otherwise"
            )
        return found
    path = OURS if name is None else _find(name)
    try:
        content = path.read_bytes()
        engine = Tokenizer.from_buffer(content)
    except BaseException as problem:
        if not isinstance(problem, (OSError, ValueError)) and not is_panic(problem):
            raise
        said = str(problem).removeprefix("Cannot instantiate Tokenizer from buffer: ")
        raise UserError(
            f"{path} is no tokenizer.json that can be read: {said}; name a Hub id or such a file"
        ) from problem
    engine.no_truncation()
    engine.no_padding()
    digest = hashlib.sha256(content).hexdigest()[:8]
    shown = "mathloom" if name is None else path.name if Path(name).is_file() else name
    counts = _Counts(engine)
    return Tokens(f"{shown}@{digest}", name, is_of_our_kind(engine), engine, counts, _Words(counts))


def _find(name: str) -> Path:
    """The file that a path or a Hub id names; what the Hub's cache holds is taken from there."""
    if Path(name).is_dir():
        name = str(Path(name, "tokenizer.json"))
    if Path(name).is_file():
        return Path(name)
    if name.endswith(".json") or name.startswith((".", "/", "~")):
        raise UserError(f"there is no tokenizer file {name}; name a tokenizer.json that is there, or a Hub id")
    import huggingface_hub
    from httpx2 import HTTPError

    from builders.hub import ODD  # whose client looks at what a server says

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # its five tries are no news; what came of them is
    try:
        try:
            return Path(huggingface_hub.hf_hub_download(name, "tokenizer.json", local_files_only=True))
        except FileNotFoundError:
            return Path(huggingface_hub.hf_hub_download(name, "tokenizer.json"))
    except (OSError, HTTPError, *ODD) as problem:
        said = " ".join(str(problem).split())
        raise UserError(
            f"the tokenizer {name} is not to be had from the Hub: {said} Without --tokenizer the project's own is used"
        ) from problem


@dataclass(frozen=True)
class Recipe:
    """What `python -m builders.tokens` is told."""

    rows: str = option("sample", "rows with a text: a Hub id, a local file or folder, or sample", metavar="ROWS")
    tokenizer: str | None = option(
        None, "a Hub id or a tokenizer.json to compare with; without it our own is counted alone"
    )
    train: str | None = option(
        None, "make a tokenizer of our kind from the rows, and write it to this file", metavar="FILE"
    )
    limit: int | None = option(None, "the first so many rows")


def main(argv: Sequence[str]) -> None:
    """Compares two tokenizers over rows, or trains one."""
    from builders.openwebmath import documents

    recipe = parse(Recipe, argv, "builders.tokens", "How many tokens rows have, by our tokenizer and by another.")
    texts = [text for row in documents(recipe.rows, limit=recipe.limit) if (text := row["text"])]
    if not texts:
        raise CheckFailed(f"{recipe.rows} holds no text, so there is nothing to count")
    if recipe.train:
        Path(recipe.train).write_text(train(texts), encoding="utf-8")
        say(f"{recipe.train}: trained on {len(texts)} texts; --tokenizer {recipe.train} uses it")
        return
    mine, characters = load_tokenizer(), sum(map(len, texts))
    counted = sum(mine.count(texts))
    say(f"{mine.name}: {counted} tokens in {len(texts)} texts, {characters / counted:.2f} characters a token")
    if recipe.tokenizer:
        other = load_tokenizer(recipe.tokenizer)
        theirs = sum(other.count(texts))
        if not theirs:
            raise UserError(f"{recipe.tokenizer} makes no token of {len(texts)} texts; name another --tokenizer")
        say(f"{other.name}: {theirs} tokens, {characters / theirs:.2f} characters a token")
        say(f"ratio of ours to theirs: {counted / theirs:.3f}")


if __name__ == "__main__":
    command(main)
