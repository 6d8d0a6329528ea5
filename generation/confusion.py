"""Accuracy, precision, recall, F1 and retention from four counts, each with its 95 % interval (GSDP, section 3.8, table 4).

tp, fp, fn, tn -> measures; what is kept counts as positive, and a label says whether it is right

A share has Wilson's interval. F1 is 2 s / (1 + s) of the share s = tp / (tp + fp + fn), which grows with s, and so do the
ends of its interval: nothing has to be drawn.
"""

from dataclasses import dataclass

from generation.intervals import wilson

MEASURES = ("accuracy", "precision", "recall", "f1", "retention")


@dataclass(frozen=True)
class Share:
    """A measure: `value` is None where there is nothing to divide by, and the interval then is 0 to 1."""

    value: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Confusion:
    """Rows that were kept and are right, kept and wrong, rejected and right, rejected and wrong."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def rows(self) -> int:
        return self.tp + self.fp + self.fn + self.tn

    @property
    def kept(self) -> int:
        return self.tp + self.fp

    @property
    def precision(self) -> float | None:
        """The share of what is kept that is right; None where nothing is kept."""
        return self.tp / self.kept if self.kept else None

    def measures(self) -> dict[str, Share]:
        """name -> the measure."""
        return {
            "accuracy": share(self.tp + self.tn, self.rows),
            "precision": share(self.tp, self.kept),
            "recall": share(self.tp, self.tp + self.fn),
            "f1": _f1(share(self.tp, self.tp + self.fp + self.fn)),
            "retention": share(self.kept, self.rows),
        }


def share(hits: int, of: int) -> Share:
    """A share with Wilson's interval."""
    return Share(hits / of if of else None, *wilson(hits, of))


def _f1(of: Share) -> Share:
    value, low, high = (None if s is None else 2 * s / (1 + s) for s in (of.value, of.low, of.high))
    return Share(value, low or 0.0, high or 0.0)
