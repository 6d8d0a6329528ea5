"""A text as it is cut, front to back: how many tokens lie up to each place ahead, and what must stay whole.

text, tokenizer -> a page, known for two parts ahead of where the next part begins
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from builders.spans import spans
from builders.tokens import Tokens

# Code points that are measured at a time: enough for several parts, little enough for any document
WINDOW = 1 << 14
WHITE = " \n\t\r"
_MENDING = 128  # code points behind a cut piece; a few are enough as a rule


@dataclass
class Page:
    """A text, and what is known of the part that begins at `ends[0]` and of what follows it."""

    text: str
    tokenizer: Tokens
    limit: int  # tokens of a part, at most
    slack: int  # tokens by which estimates may be too low
    last: int  # behind the last character that is not white space
    widest: int  # tokens that a code point may have
    found: Iterator[tuple[int, int]]  # formulas and the like that are not looked at yet
    waiting: tuple[int, int] | None = (0, 0)  # the next of them
    ends: list[int] = field(default_factory=lambda: [0])  # ends of pieces
    totals: list[int] = field(default_factory=lambda: [0])  # tokens up to each of them
    lows: list[int] = field(default_factory=list)  # what stays whole, outermost only: its starts ...
    highs: list[int] = field(default_factory=list)  # ... and its ends

    def look_ahead(self) -> None:
        """Measures two parts ahead: what begins in the next part and can stay whole ends before that."""
        while self.ends[-1] < len(self.text) and self.totals[-1] - self.totals[0] <= 2 * self.limit:
            self._read(WINDOW)
        while self.waiting and self.waiting[1] <= self.ends[-1]:
            low, high = self.waiting
            if low >= self.ends[0] and self._fits(low, high):
                while self.lows and self.lows[-1] >= low:  # what is inside
                    del self.lows[-1], self.highs[-1]
                self.lows.append(low)
                self.highs.append(high)
            self.waiting = next(self.found, None)

    def _read(self, size: int) -> None:
        """Measures the next `size` code points, or more where they are a single piece."""
        start = self.ends[-1]
        stop = min(start + size, len(self.text))
        if not self.tokenizer.exact and stop < len(self.text):
            stop = max(self.text.rfind(white, start + 1, stop) for white in WHITE) + 1 or stop
        lengths, counts = map(list, self.tokenizer.pieces(self.text[start:stop]))
        if stop < len(self.text):
            if len(lengths) == 1:
                return self._read(2 * size)
            del lengths[-1], counts[-1]  # what follows may belong to it
        self.ends[-1:] = accumulate(lengths, initial=start)
        self.totals[-1:] = accumulate(counts, initial=self.totals[-1])

    def _fits(self, low: int, high: int) -> bool:
        """Whether a formula alone is within the limit."""
        if (high - low) * self.widest <= self.limit - 8:
            return True
        tokens = self.totals[bisect_left(self.ends, high)] - self.totals[bisect_right(self.ends, low) - 1]
        if abs(tokens - self.limit) > 200:  # a piece at each end may belong to it in part only
            return tokens < self.limit
        return self.count(low, high) <= self.limit

    def count(self, start: int, end: int) -> int:
        """The tokenizer's own count of the text between, where possible without asking it again."""
        place = bisect_left(self.ends, end)
        if self.tokenizer.exact and start == self.ends[0] and self.ends[place : place + 1] == [end]:
            return self.totals[place] - self.totals[0]
        return self.tokenizer.count([self.text[start:end]])[0]

    def estimate(self, end: int) -> int:
        """Tokens up to `end`, which lies in what is known."""
        return self.totals[bisect_left(self.ends, end)] - self.totals[0]

    def within(self, tokens: int) -> int:
        """The number of the last piece up to whose end there are at most `tokens`; 0 where the first has more."""
        return bisect_right(self.totals, self.totals[0] + tokens) - 1

    def may_end(self, end: int) -> bool:
        """Whether nothing is cut at `end` that could stay whole, and the tokens on both sides are known."""
        return self.inside(end) is None and (not self.tokenizer.exact or self.ends[bisect_left(self.ends, end)] == end)

    def inside(self, end: int) -> tuple[int, int] | None:
        """What would be cut at `end` and could stay whole."""
        number = bisect_left(self.lows, end) - 1
        return (self.lows[number], self.highs[number]) if number >= 0 and end < self.highs[number] else None

    def go_to(self, end: int) -> None:
        """Forgets what lies before `end`, where the next part begins."""
        place = bisect_right(self.ends, end)
        if self.ends[place - 1] == end:
            del self.ends[: place - 1], self.totals[: place - 1]
        elif self.tokenizer.exact:
            self._begin_within_a_piece(end)
        else:
            self.ends[:place], self.totals[:place] = [end], [self.totals[place - 1]]
        gone = bisect_right(self.highs, end)
        del self.lows[:gone], self.highs[:gone]

    def _begin_within_a_piece(self, end: int) -> None:
        """A piece was cut at `end`: what follows has other pieces, until one ends where a known one does."""
        lengths, counts = map(list, self.tokenizer.pieces(self.text[end : end + _MENDING]))
        new, tokens = [end], [0]
        for length, count in zip(lengths[:-1], counts[:-1], strict=True):  # what is behind may belong to the last
            new.append(new[-1] + length)
            tokens.append(tokens[-1] + count)
            place = bisect_left(self.ends, new[-1])
            if self.ends[place : place + 1] == new[-1:]:
                before = self.totals[place] - tokens[-1]
                self.ends[: place + 1], self.totals[: place + 1] = new, [before + number for number in tokens]
                return
        self.ends, self.totals = [end], [0]


def page_of(text: str, tokenizer: Tokens, limit: int) -> Page:
    """A page of which nothing is known yet; the text must be without lone surrogates."""
    slack = 0 if tokenizer.exact else 2
    return Page(text, tokenizer, limit, slack, len(text.rstrip()), 1 if text.isascii() else 4, spans(text))
