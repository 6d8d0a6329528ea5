"""What the rehearsal says when it is asked for a verdict: reasons and explanations, and what surrounds a reply.

{p}, {q}: points; {s}: what is wrong
"""

FILTER = {
    "keep": (
        "It names one definite piece of knowledge that many problems can use.",
        "This is a standard topic with a settled name.",
        "Students can practise it in many different exercises.",
    ),
    "vague": ("It would fit nearly any exercise.", "It does not say what is to be practised.", "This is too general."),
    "wrong": (
        "The statement is false as it stands.",
        "It needs a condition that is missing.",
        "There are counterexamples.",
    ),
    "detailed": (
        "It belongs to one single exercise with its own numbers.",
        "A problem that is built on it would be the old one again.",
        "It is tied to a particular expression.",
    ),
}
SAME = {
    True: ("Both mean the same; only the wording differs.", "Whoever knows the one knows the other.", "Two names of one thing."),
    False: ("They are close to each other, but two different things.", "One can know the first without the second.",
            "They belong to one subject and are not the same."),
}  # fmt: skip
SAME_PROBLEM = {
    True: ("Only numbers and names are others.", "Who has solved the one can solve the other in the same steps."),
    False: ("They have a subject in common and ask for other things.", "Other steps are needed for each."),
}
CHOICE = (
    "It is the usual name in class, and it covers every entry.",
    "Textbooks call it so, and no entry says more than that.",
    "This is the standard term; the others are variants of it.",
)
GOOD = (
    "All points are needed, the data are consistent, and it is clear what is asked for.",
    "Clear and complete; each of the points is used on the way to the answer.",
    "I found no contradiction, and every given number plays its part.",
)
FLAWS = {
    "logic": ("What is stated cannot all be true.", "There is a contradiction in what is given.",
              "One of the numbers that it speaks of does not exist."),
    "missing": ("One of the points plays no part in it.", "It can be solved without one of the listed points."),
    "unclear": ("It does not say what is asked for.", "One cannot tell what has to be found."),
    "answer": ("The answer already stands in the text.", "It gives away its own result."),
    "leak": ("It talks about how it was to be written.", "Part of the task for its author was left in."),
}  # fmt: skip
RIGHT = (
    "Each calculation was checked, the steps follow from one another, and the final answer is stated.",
    "I worked it out again and came to the same result.",
    "All steps are sound and nothing is left out.",
)
MISTAKES = {
    "calculation": ("There is a mistake in one of the calculations.", "One of the numbers along the way is wrong."),
    "answer": ("The final answer is not what the steps lead to.", "The last line gives another number than it should."),
    "completeness": ("A part of what is needed is missing.", "It leaves out a step that the answer rests on."),
    "problem": (
        "The problem itself is contradictory, so this cannot be a solution.",
        "It rests on something that is not there.",
    ),
}
PREAMBLES = ("Sure, here it is:", "Here is my reply.", "Of course.")
REMARKS = ("I hope this helps.", "Let me know if anything else is needed.")
THOUGHTS = (
    "Let me read this twice. What is asked for is clear, so I only have to keep to the form.",
    "Okay. First I look at what is given, then at what is wanted.",
)
