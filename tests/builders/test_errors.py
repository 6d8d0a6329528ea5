"""The sentence that ends a command."""

from builders.errors import UserError


def test_a_sentence_that_names_something_endless_is_said_in_part() -> None:
    said = str(UserError(f"the style mine has a speaker named {'a' * 100_000}; a name is a few words"))
    assert said.startswith("the style mine has a speaker named aaa") and " [...] a" in said
    assert said.endswith("aaa; a name is a few words") and len(said) < 3000
    assert str(UserError("a name" * 300)) == "a name" * 300
