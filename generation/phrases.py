"""The words that the rehearsal's teacher puts around a passage's own sentences: one book per language, English here.

A book's lists are drawn from without repeating, so they are longer than a dialogue has turns.
`{t}` is a word or a formula of what comes next; `words` are common words of the language, between spaces.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Book:
    """What the speakers of one language say.

    starts: one who knows less opens. opens, closes: before and after an explanation. asks: a question that follows.
    thanks, last: how such a dialogue ends. says, links: one of equals takes the word (the first three can begin a
    conversation), and hands it on.
    fills: remarks that are true of every text, for passages that hold next to nothing. words: how the language is told.
    """

    starts: tuple[str, ...]
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    asks: tuple[str, ...]
    thanks: tuple[str, ...]
    last: tuple[str, ...]
    says: tuple[str, ...]
    links: tuple[str, ...]
    fills: tuple[str, ...]
    words: str


ENGLISH = Book(
    starts=(
        "I keep running into {t} and I am not sure what to make of it. Where should I begin?",
        "Could you go through this with me slowly? I get lost as soon as {t} comes up.",
        "Before we do anything else, can you tell me what {t} has to do with all this?",
        "I have read it twice and still could not explain it to anybody. What is going on with {t}?",
        "May I ask something basic? I do not see why we start from {t} at all.",
        "So this is about {t}, as far as I can tell. How would you explain it to somebody who has never seen it?",
        "Let me be honest, {t} looks like a riddle to me. What is the first thing I should understand?",
        "Help me get started, please. What role does {t} play here?",
        "I would like to understand this properly and not just nod along. What comes first, and where is {t} in it?",
        "My first question is simple: why should anyone care about {t}?",
    ),
    opens=(
        "Let us take it from the beginning.",
        "Good place to start.",
        "Here is the first thing to hold on to.",
        "We can do this one step at a time.",
        "That is a fair question, and the answer is short.",
        "Think of it like this.",
        "Let me put the facts on the table first.",
        "Yes, and this is how it works.",
        "Let me say it more carefully.",
        "The next step follows directly.",
        "Watch what happens now.",
        "It helps to write it out.",
        "This is where it becomes interesting.",
        "Everything you need is right here.",
        "Let me slow down at this point.",
        "I would look at it from this side.",
        "Fine, then we go one step further.",
        "That is worth spelling out.",
        "Here I would take a pencil and note it down.",
        "First the statement, then why it holds.",
    ),
    closes=(
        "Does that much make sense so far?",
        "Keep that in mind, we will need it in a moment.",
        "That is the part everything else leans on.",
        "Check it with your own pencil and you will see that nothing is hidden.",
        "Nothing more than that is being claimed.",
        "If you can repeat this step, the rest is downhill.",
        "Each piece depends only on the one before it.",
        "Read it once more and notice the order of the steps.",
        "It looks like a lot, but it is one idea.",
        "That settles this step.",
        "I would underline that.",
        "Take a second to convince yourself of it.",
        "Try to say it back to me without looking.",
        "You see, no trick was needed.",
    ),
    asks=(
        "Hold on, where does {t} come from?",
        "All right, I can follow that. But how do we get from there to {t}?",
        "I think I see it. And what happens with {t}?",
        "Why are we allowed to use {t} here?",
        "So if I have understood, {t} is the part that matters next. Why is that?",
        "Would it make a difference if {t} were left out?",
        "Wait, you went a little fast for me. Can you show how {t} fits in?",
        "That was clearer than I feared. What should I do with {t}?",
        "And is {t} something we know already, or does it have to be worked out?",
        "How would I recognise {t} if I met it somewhere else?",
        "Let me check that I am with you: we have finished one step, and now {t} comes in?",
        "I would have guessed something else. What makes {t} the right thing to look at?",
        "Could you explain {t} in the same way, one step after another?",
        "Does the same reasoning still work once {t} is involved?",
        "I wrote that down. What is the next thing to say about {t}?",
        "Then I have one more question: what exactly does {t} tell us?",
        "Is there a reason that {t} appears just now and not earlier?",
        "Fine, but what would go wrong without {t}?",
        "I am still a bit unsure. Where do I see {t} at work?",
        "May I try to guess? We now turn to {t}, don't we?",
    ),
    thanks=(
        "That helps a lot. So I fix what is given, follow it to {t}, and check each step on the way.",
        "Now it hangs together for me, even {t}. I could explain it to a friend tonight.",
        "Thank you, I had the order of the steps wrong, and {t} was where I always got stuck.",
        "I believe I can do the next one alone, since {t} no longer worries me.",
        "So there was no magic in it, only patience. Even {t} turns out to be ordinary.",
        "Good. I will go over {t} once more at home, but the thread is clear to me.",
        "I feel much better about {t} than ten minutes ago.",
        "Then I have it: one thing after another, and {t} falls into place.",
    ),
    last=(
        "That is precisely how to read it, and you found most of it yourself.",
        "Yes. When in doubt, go back to the first line and walk through it again.",
        "Well put. Nothing was used that we had not been given.",
        "Right, and the best test is to explain it to someone else.",
        "Exactly so. The rest is practice.",
        "I could not have summed it up better.",
        "Good, then we have reached the end of it.",
        "You can be confident about it now, since you questioned each part.",
    ),
    says=(
        "I would begin with what we actually have.",
        "As I read it, this is the point.",
        "Here is how I would put it.",
        "Let me add the next piece.",
        "My notes say the following.",
        "Going on from there, I get this.",
        "I looked at that part for a while.",
        "One thing should not be missed.",
        "Then comes the step that I like best.",
        "On my side of the table it reads as follows.",
        "I see it slightly differently, so let me spell it out.",
        "What convinces me is this.",
        "We should not forget what follows.",
        "If we stay with the details, we find this.",
        "The argument goes on.",
        "Granted, and with that we can say more.",
        "I had to read this one slowly.",
        "To be exact about it:",
    ),
    links=(
        "Do you agree with me about {t}?",
        "I am curious how you would handle {t}.",
        "Which leaves us with {t}, if I am not mistaken.",
        "Have I overlooked anything there?",
        "That seems solid to me, so {t} should be next.",
        "Would you have argued it in another way?",
        "I cannot find a hole in it, can you?",
        "At least nothing there contradicts {t}.",
        "It is a small step, but {t} depends on it.",
        "You take the next one, since you know your way around {t}.",
        "Let us compare: did you get the same for {t}?",
        "With this, {t} should not surprise us any longer.",
        "So far we are on firm ground, I think.",
        "And that brings us to {t}.",
    ),
    fills=(
        "There is not much on the page, so we should not read more into it than it says.",
        "When something is this short, each word of it has to be taken seriously.",
        "One can still ask what kind of statement it is and what it would take to use it.",
        "A good habit is to say it aloud in complete sentences before doing anything with it.",
        "We know what is written, and we know that nothing else has been promised.",
        "If more were needed, it would have to be given to us first.",
        "Whoever wrote it probably had a larger picture in mind, but we only see this corner of it.",
        "I would copy it out by hand, because the hand notices what the eye skips.",
        "The honest answer is that it stands for itself.",
        "Once we are sure of the wording, the meaning is rarely far away.",
        "Even a single line can be read carefully or carelessly, and the difference shows later.",
        "It is tempting to guess what came before it, yet guessing is not understanding.",
        "Compare it with what you would have written yourself and notice what differs.",
        "Perhaps the most useful thing is to keep apart what is said and what we merely expect.",
        "Some lines are there to be used, and others only to be remembered.",
        "Suppose a friend asked you about it tomorrow: what would be your first sentence?",
        "My own first sentence would simply repeat it, and only then would I try to comment.",
        "It may help to imagine the opposite and to see whether that would surprise us.",
        "After that, all that remains is to be consistent in how we speak about it.",
        "Being brief is no fault, as long as nobody pretends that it says more.",
        "You may find that the second reading takes longer than the first, and that is fine.",
        "Take away any part and it would no longer be the same thing, which tells us every part is needed.",
        "I have seen people argue for an hour over less, mostly because they skipped this step.",
        "So we settle the wording, then the sense, and only at the end what to do with it.",
    ),
    words="the of and is to in that we for this with as are it by be on from which can",
)
