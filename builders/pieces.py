"""Our kind of tokenizer: the pieces of which it makes tokens, and how one is trained.

text -> pieces        texts -> a tokenizer as JSON
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

# The pieces of which our tokenizer makes tokens. A space belongs to the piece before it, and nothing looks ahead or
# back; so a text that is cut where a piece ends has exactly as many tokens in two halves as it has whole, and a count
# is a sum over pieces. Ranges are spelled out because `re` and the tokenizer's engine must agree on every character;
# a piece is short, so that a text without spaces can be cut, too.
from builders.text import mend

_SIGN = r"\u2000-\u2bff\u3000-\u303f\uff00-\uff20"
_LETTERS = rf"[^\x00-@\[-`{{-\x7f{_SIGN}]{{1,24}}"
_SIGNS = rf"[\x00-\x08\x0e-\x1f!-/:-@\[\]-`{{-\x7f{_SIGN}]{{1,24}}"
PIECE = rf"\\?{_LETTERS} ?|[0-9] ?|\\?{_SIGNS} ?|\\{{1,2}} ?|[\r\n]{{1,8}}|[ \t\f\v]{{1,32}}"

find_pieces = re.compile(PIECE).findall

# What the sample is too short to teach: a list of ours of common words, words of mathematics and LaTeX's commands
WORDS = Path(__file__).with_name("words.txt")
VOCABULARY = 12_000


def blank() -> Tokenizer:
    """A tokenizer of our kind that has learnt nothing."""
    engine = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(PIECE), "isolated")
    engine.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    engine.decoder = decoders.ByteLevel()
    return engine


def is_of_our_kind(engine: Tokenizer) -> bool:
    """Whether a tokenizer is ours in all but vocabulary and merges, so that counts of pieces add up."""

    def shape(one: Tokenizer) -> dict[str, Any]:
        made = json.loads(one.to_str())
        return {**made, "model": {**made["model"], "vocab": None, "merges": None}}

    return shape(engine) == shape(blank())


def train(texts: Iterable[str], vocabulary: int = VOCABULARY) -> str:
    """A tokenizer of our kind as JSON, made from `texts` and `words.txt`; the same for the same texts in the same order."""
    engine = blank()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, min_frequency=2, initial_alphabet=alphabet, show_progress=False
    )
    engine.train_from_iterator(chain(map(mend, texts), _words()), trainer)
    return engine.to_str() + "\n"


def _words() -> Iterator[str]:
    """Each word of our list as often as a word must be seen to be learnt: with its space, without, and as a first word."""
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    for word in dict.fromkeys(word for line in lines if not line.startswith("# ") for word in line.split()):
        yield from [f"{word} "] * 4 + [word] * 2
        if word.isalpha() and word.islower():
            yield from [f"{word.capitalize()} "] * 2
