"""Sequences of whole documents: as many tokens, whatever the documents' lengths."""

from itertools import accumulate
from random import Random

import pytest
from datasets import Dataset

from train.filled import filled


@pytest.mark.parametrize("longest", [8, 35, 100])
def test_sequences_hold_whole_documents_and_as_many_tokens_whatever_their_lengths(longest: int) -> None:
    draw = Random(longest)
    rows = [[number] * draw.randint(1, longest) for number in range(500)]
    made = filled(Dataset.from_dict({"input_ids": rows, "labels": [[-100, *row[1:]] for row in rows]}), 100)
    found = made["input_ids"][:]
    assert [token for ids in found for token in ids] == [token for row in rows for token in row]
    assert [length for each in made["seq_lengths"] for length in each] == [len(row) for row in rows]
    assert [sum(each) for each in made["seq_lengths"]] == [len(ids) for ids in found]
    assert [label == -100 for each in made["labels"] for label in each] == [
        at == 0 for row in rows for at in range(len(row))
    ]
    so_far = list(accumulate(map(len, found)))[:-1]
    assert max(abs(tokens - 100 * (at + 1)) for at, tokens in enumerate(so_far)) <= longest / 2
