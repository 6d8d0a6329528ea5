"""Measures of four counts: by hand, the paper's table 4, and intervals that hold what they say."""

import numpy as np
import pytest

from generation.confusion import MEASURES, Confusion

# GSDP, table 4: accuracy, precision, recall, F1. Of 5,000 rows half are right; counts that give what is printed.
TABLE_4 = {
    "InternLM2": (Confusion(1250, 2321, 1250, 179), (0.29, 0.35, 0.50, 0.41)),
    "InternLM2 + Qwen2": (Confusion(2225, 742, 275, 1758), (0.80, 0.75, 0.89, 0.81)),
    "InternLM2 + Qwen2 + Yi": (Confusion(2250, 397, 250, 2103), (0.87, 0.85, 0.90, 0.87)),
    "InternLM2 + Qwen2 + LLaMA3.1": (Confusion(2125, 136, 375, 2364), (0.90, 0.94, 0.85, 0.89)),
    "all four": (Confusion(1300, 40, 1200, 2460), (0.75, 0.97, 0.52, 0.68)),
}
# Retention as these counts have it, and as the paper prints it: two rows of its table do not agree with themselves.
RETENTION = {
    "InternLM2": (0.714, 0.71), "InternLM2 + Qwen2": (0.593, 0.65), "InternLM2 + Qwen2 + Yi": (0.529, 0.59),
    "InternLM2 + Qwen2 + LLaMA3.1": (0.452, 0.45), "all four": (0.268, 0.27),
}  # fmt: skip
WRONG_IN_THE_PAPER = {"InternLM2 + Qwen2", "InternLM2 + Qwen2 + Yi"}


@pytest.mark.parametrize("panel", TABLE_4)
def test_the_rows_of_table_4_come_out_of_their_counts(panel: str) -> None:
    of, printed = TABLE_4[panel]
    assert of.rows == 5000
    measures = of.measures()
    assert [measures[name].value for name in MEASURES[:4]] == pytest.approx(printed, abs=0.005)
    ours, theirs = RETENTION[panel]
    assert measures["retention"].value == pytest.approx(ours, abs=0.0005)
    assert (abs(ours - theirs) > 0.01) == (panel in WRONG_IN_THE_PAPER)


def test_the_measures_of_ten_rows_by_hand() -> None:
    measures = Confusion(tp=3, fp=1, fn=2, tn=4).measures()
    assert {name: measures[name].value for name in MEASURES} == {
        "accuracy": 0.7, "precision": 0.75, "recall": 0.6, "f1": pytest.approx(2 * 0.75 * 0.6 / 1.35), "retention": 0.4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("of", "undefined"),
    [
        (Confusion(0, 0, 5, 5), {"precision"}),
        (Confusion(0, 5, 0, 5), {"recall"}),
        (Confusion(0, 0, 0, 5), {"precision", "recall", "f1"}),
        (Confusion(0, 0, 0, 0), set(MEASURES)),
    ],
)
def test_what_cannot_be_divided_has_no_value_and_an_interval_of_everything(of: Confusion, undefined: set[str]) -> None:
    measures = of.measures()
    assert {name for name in MEASURES if measures[name].value is None} == undefined
    assert all((measures[name].low, measures[name].high) == (0.0, 1.0) for name in undefined)


@pytest.mark.parametrize(
    "of", [Confusion(80, 20, 30, 70), Confusion(450, 50, 100, 400), Confusion(1300, 40, 1200, 2460)]
)
def test_the_interval_of_f1_is_that_of_a_bootstrap(of: Confusion) -> None:
    counts = np.array([of.tp, of.fp, of.fn, of.tn])
    tp, fp, fn, _ = np.random.default_rng(0).multinomial(of.rows, counts / of.rows, 4000).T
    low, high = np.percentile(2 * tp / (2 * tp + fp + fn), [2.5, 97.5])
    ours = of.measures()["f1"]
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=0.01)


def test_few_rows_have_wide_intervals() -> None:
    few, many = Confusion(9, 1, 1, 9).measures()["precision"], Confusion(900, 100, 100, 900).measures()["precision"]
    assert few.value == many.value and few.high - few.low > 0.35 > 0.05 > many.high - many.low
