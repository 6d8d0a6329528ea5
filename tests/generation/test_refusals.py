"""What is a refusal where there is nothing else in a reply, and what is only prose. (Within dialogues: test_filters.)"""

import pytest

from builders.errors import Unreadable
from generation.reading import read_dialogue

TEACHING = {"speakers": [{"name": "Teacher", "knows": "all"}, {"name": "Student", "knows": "some"}]}
EXCUSES = """I'd rather not write this.
I do not think I should play these people.
That's not something I'm able to help with.
There is no passage in your message. Please paste it, and I'll write the dialogue.
It seems that the passage is missing. Could you provide it?
I'm afraid this is beyond me.
Sorry, but no.
It isn't appropriate for me to speak as a professor.
My guidelines do not permit role-play of this kind.
I don't have enough information to write anything.
I'm just a language model, and have no students.
I have to pass on this one.
Unfortunately, the text you sent is not complete.
Es tut mir leid, aber das geht nicht."""
PROSE = """Let $f$ be continuous. Unfortunately, $f$ is not differentiable, and I cannot say more about it in this generality than that.
In this section we show that the sum of two odd numbers is even. I won't show it by induction.
The lemma is outside the scope of this text, and its proof can be found elsewhere.
We have to stop when the remainder is zero. This is what Euclid does.
# Overview"""


@pytest.mark.parametrize("reply", EXCUSES.split("\n"))
def test_nothing_but_an_excuse_is_a_refusal(reply: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_dialogue(reply, TEACHING)
    assert caught.value.reason == "refusal"


@pytest.mark.parametrize("reply", PROSE.split("\n"))
def test_prose_in_which_nobody_speaks_is_no_refusal(reply: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_dialogue(reply, TEACHING)
    assert caught.value.reason == "unreadable"
