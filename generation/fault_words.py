"""What models say when they fail: the words of the rehearsal's planted faults, each list in several moods.

`{name}` is a speaker, `{t}` a term of the passage, `{rule}` a line of the prompt's own rules.
"""

REFUSALS = (
    "I'm sorry, but I can't help with that request.",
    "I apologize, but I am unable to create this conversation. If there is something else that I can do for you, "
    "please let me know and I will gladly try to assist you with it.",
    "As an AI language model, I cannot generate this content. I would encourage you to consult a qualified teacher or "
    "a textbook on the subject, where you will find reliable explanations of the material you are interested in.",
    "Unfortunately I won't be able to write this dialogue, because the material may be protected by copyright and I am "
    "not allowed to reproduce it. I can offer a short overview of the general topic instead, if that would be useful.",
    "I cannot fulfill this request. It goes against my guidelines to produce content of this kind.",
    "Sorry, I don't feel comfortable continuing with this task. The information that was provided isn't sufficient for "
    "me to produce an accurate answer, and I would rather not make anything up. Could you share more details?",
    "I must decline to answer. My policies do not permit me to engage with this material in the way that you describe.",
    "It would not be appropriate for me to take part in this role-play, so I have to say no. Please understand that I "
    "am only a language model and that there are limits to what I can do for you here.",
)
DECLINES = (  # the same in the mouth of a speaker
    "I'm sorry, but I can't discuss {t} with you. As an AI assistant I have to decline this request.",
    "I apologize, but I am not able to provide an explanation of {t}. That is outside of what I am allowed to do.",
    "Unfortunately, I cannot continue this conversation about {t}, because it would violate my guidelines.",
)
PLEAS = (
    "Could you explain {t} to me, please? I would really like to understand it.",
    "But why not? I only want to know what {t} means.",
    "Is there anybody else I could ask about {t}, then?",
)
LEAKS = (
    "As the prompt requires, I will now play the part of {name} and ask a question about the passage.",
    "According to the instructions I was given, nothing from outside the passage may be mentioned here.",
    "The task says to write a dialogue with many turns, so this is my next turn.",
    "I was told to put every formula between dollar signs, so I will do that from here on.",
    "Note: this dialogue follows the requested format and adds no outside information.",
    'My instructions say: "{rule}"',
    "System prompt: {rule}",
    'Let me check the rules once more. "{rule}" All right, that has been done.',
    "{rule}",
    "[The assistant now writes the reply of {name}, staying faithful to the passage as instructed.]",
    "We were asked to keep the passage as the only source, and my role in this prompt is {name}.",
)
BRIEF = (  # dialogues of under 50 tokens, whoever counts
    ("What is {t}?", "It is what we start from."),
    ("Is that all?", "Yes, that is all.", "Thank you."),
    ("Shall we go through it?", "There is no need.", "Fine.", "Good."),
    ("I have a question.", "Please ask.", "Is it clear?", "Yes."),
    ("Hello.", "Hello, let us begin."),
)
STUMPS = ("Done.", "Okay.", "<dialogue>", "<dialogue>\n</dialogue>", "Dialogue written successfully.", "...", "N/A")
NOISE = ("▁the", "<unk>", "ĠĠ", "][", "</s>", "0", "//", "Ċ", "the", "INST", "▁")  # a wrong chat template
NODS = ("Yes.", "Right.", "Go on.", "Next.", "Good.", "Sure.", "OK.")
TAILS = ("and so on", "which gives the same again", "step by step", "as we have seen", "the result of the result of")
BROKEN = (  # formulas that do not close
    "So in the end we are left with $\\frac{1}{2$, and that is all.",
    "Written out, this is \\[ a + b = c and we can stop here.",
    "In one line: $x = \\left( a + b$ holds.",
    "We collect it as \\begin{align*} a &= b \\\\ c &= d and compare.",
    "The size of it is $\\sqrt{a^2 + b^2$ as before.",
    "This means $a < b and also c < d.",
    "Take \\begin{cases} 1 & a > 0 \\\\ 0 & a \\le 0 \\end{array} here.",
)
REFUSED = (  # status, the body's `error`: what servers say to a question they will never take
    (422, "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: {n} `inputs` tokens "
     "and 4096 `max_new_tokens`"),
    (422, "Input validation error: `inputs` must have less than 1024 tokens. Given: {n}"),
    (400, "This model's maximum context length is 4096 tokens. However, your request has {n} input tokens."),
    (413, "Payload Too Large: {n} tokens"),
)  # fmt: skip
VAGUE = (  # points that say nothing
    "mathematical techniques", "problem solving", "basic mathematics", "algebra", "mathematical reasoning",
    "numbers and calculations", "understanding the question", "general geometry knowledge", "logical thinking",
    "using formulas", "various methods", "critical thinking skills", "mathematics", "working with expressions",
)  # fmt: skip
WRONG = (  # points that are false
    "a series converges if its terms approach zero", "every quadrilateral with equal sides is a square",
    "the square root of a sum is the sum of the square roots", "every continuous function is differentiable",
    "the product of two irrational numbers is irrational", "all prime numbers are odd",
    "the logarithm of a sum is the sum of the logarithms", "two triangles with equal angles are congruent",
    "a function with derivative zero at a point has an extremum there", "dividing by a number makes it smaller",
    "the median of a list always equals its mean", "the square of a sum is the sum of the squares",
)  # fmt: skip
DETAILED = (  # points tied to one problem; {f} is a formula of it
    "solving {f} by hand", "knowing that {f} holds in this problem", "the value that {f} takes here",
    "rewriting {f} as in the solution", "the step from {f} to the answer",
)  # fmt: skip
ANSWERS = (  # a problem that gives its answer away; {n}
    "The answer is ${n}$.", "(Answer: ${n}$)", "Solution: working through the definitions gives ${n}$.",
    "Hint: you should arrive at ${n}$.", "Show that the result is ${n}$.", "**Answer:** $\\boxed{{n}}$",
    "As one can calculate, this comes to ${n}$.", "Correct answer: {n}.",
)  # fmt: skip
PROBLEM_LEAKS = (  # {p}: the points; {rule}: a line of the prompt
    "This problem combines the knowledge points {p}.", "As requested, here is a new problem that needs {p}.",
    "Note: the problem is original and uses all of the given points, as the instructions demand.",
    "The prompt asks for a problem without a solution, so none is given here.", "{rule}",
    "I was asked to write a problem about {p}, so I made sure that each of them is needed.",
    "(Knowledge points used: {p})", "My instructions were: {rule}",
)  # fmt: skip
NO_PROBLEM = ("Done.", "Problem created successfully.", "N/A", "...", "See above.", "{}", "null")
UNDECIDED = (  # replies from which no verdict can be read
    "It depends on how one looks at it.", "I have read everything with care.", "There is much to be said for both sides.",
    "Let me think about this a little longer.", "Thank you for the material.", "Hmm.",
)  # fmt: skip
ENDS = (  # how a dialogue about a problem says its answer; {n}
    "So the answer is $\\boxed{{n}}$.", "The answer is therefore ${n}$.", "**Answer:** {n}.", "Our final answer is {n}.",
    "That makes ${n}$ the answer.", "With this we end up with ${n}$, and nothing is left to do.",
    "We can write it down: $\\boxed{{n}}$.", "And so ${n}$ is the answer that was asked for.", "What remains in the end is ${n}$.",
)  # fmt: skip
LEFT_OPEN = (
    "The last step is an exercise.", "I leave the rest to you.", "You can finish it from here.", "We stop just before the end.",
    "Putting it together is not hard any more, so we do not do it here.",
)  # fmt: skip
