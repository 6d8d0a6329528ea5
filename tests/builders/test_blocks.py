"""Markdown in blocks."""

from builders.blocks import blocks, closed


def test_a_fence_ends_where_one_of_its_mark_and_no_shorter_stands() -> None:
    assert [block.text for block in blocks("a\n\n````\nb\n\n```\n\n````\nc\n\n~~~\nd\n\n~~~~\n\n```\ne\n\nf")] == [
        "a", "````\nb\n\n```\n\n````\nc", "~~~\nd\n\n~~~~", "```\ne", "f",
    ]  # fmt: skip
    assert [block.text for block in blocks("`````\n\n````\n\n````")] == ["`````", "````\n\n````"]
    assert closed("```\na\n```") == "```\na\n```" and closed("~~~\na") == "~~~\na\n~~~"


def test_a_hundred_thousand_fences_without_an_end_are_gone_through_once() -> None:
    text = "\n\n".join(["```x", "~~~y", "````z"] * 100_000)  # looked for from each, it would take hours
    assert sum(1 for _ in blocks(text)) == 300_000
    assert closed(text).endswith("\n```")
