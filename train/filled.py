"""Whole documents in sequences that hold so many tokens on average: as many tokens in as many steps, however long documents are.

input_ids, labels -> input_ids, labels, seq_lengths (tokens of each document in the sequence, by which TRL tells them apart)

TRL's `bfd` leaves sequences partly empty, the more the longer documents are, and its `wrapped` cuts documents: with either, arms whose
rows differ in length do not learn from as much.
"""

from itertools import chain, groupby

from datasets import Dataset


def filled(made: Dataset, tokens: int) -> Dataset:
    """Documents in their order, laid end to end: each is in the sequence in which its middle falls.

    No document may be longer than `tokens`; then the first n sequences differ from n times `tokens` by half a document at most.
    """
    columns = {name: made[name][:] for name in ("input_ids", "labels")}
    lengths = [len(ids) for ids in columns["input_ids"]]
    ends = [0]
    for length in lengths:
        ends.append(ends[-1] + length)
    places = groupby(range(len(lengths)), lambda at: (ends[at] + ends[at + 1]) // (2 * tokens))
    sequences = [list(documents) for _, documents in places]
    joined = {
        name: [list(chain.from_iterable(column[at] for at in documents)) for documents in sequences]
        for name, column in columns.items()
    }
    return Dataset.from_dict(joined | {"seq_lengths": [[lengths[at] for at in documents] for documents in sequences]})
