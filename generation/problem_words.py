"""The words of the rehearsal's problems. {p} is a point, {l} a letter, {w} what the letter stands for, {e} what is asked.

a part, a claim, a question -> a sentence, in one of several ways
"""

WHO = (
    "Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kavya", "Lucia", "Mateo",
    "Nadia", "Omar", "Paula", "Quentin", "Rosa", "Sven", "Tamar", "Uma", "Viktor", "Wanda", "Yusuf",
)  # fmt: skip
DOES = (
    "prepares a puzzle for the school's open day", "finds a page of an old notebook", "sets the last task of a contest",
    "locks a box with a number that has to be worked out", "writes a riddle on the board", "leaves a note for the club",
    "plans the stations of a treasure hunt", "checks the entries of a long table", "challenges a cousin by letter",
    "collects questions for a quiz evening", "wants to open an old safe", "keeps score in a game of numbers",
    "draws a map with hidden numbers", "codes a date for a friend", "edits the puzzle corner of a paper",
    "tests the new members of a team",
)  # fmt: skip
OPENINGS = (
    "{who} {does}.", "{who} {does}, and several numbers are needed for it.", "While {who} {does}, some numbers come up.",
    "To see what happens when {who} {does}, look at these numbers.", "It starts when {who} {does}.",
)  # fmt: skip
SAYS = (
    "By {p}, let ${l}$ be {w}.",
    "Let ${l}$ be {w}; this takes {p}.",
    "With {p} in mind, let ${l}$ denote {w}.",
    "The letter ${l}$ stands for {w}. (Think of {p}.)",
    "Whoever knows {p} can find ${l}$, and ${l}$ equals {w}.",
    "Next comes {p}: let ${l}$ be {w}.",
    "Using {p}, work out ${l}$, where ${l}$ denotes {w}.",
    "Here ${l}$ denotes {w}; the key to it is {p}.",
    "From {p} one gets a further number; let ${l}$ be {w}.",
    "In the spirit of {p}, let ${l}$ stand for {w}.",
    "A little {p} is called for: ${l}$ equals {w}.",
    "The subject of {p} enters with ${l}$, since ${l}$ stands for {w}.",
    "Let ${l}$ denote {w}, to be found by way of {p}.",
    "For ${l}$ one cannot do without {p}: let ${l}$ be {w}.",
)
BARE = ("Let ${l}$ be {w}.", "Besides, ${l}$ denotes {w}.", "Moreover, let ${l}$ stand for {w}.")
LINKS = {
    "plus": " with ${o}$ added to it", "minus": " with ${o}$ taken away from it", "times": " multiplied by ${o}$",
}  # fmt: skip
CLAIMS = (
    "It is known that ${l}$ is {c}.", "Note that ${l}$ is {c}.", "One may check that ${l}$ is {c}.",
    "A first look shows that ${l}$ is {c}.", "As it turns out, ${l}$ is {c}.",
)  # fmt: skip
ASKS = (
    "Find ${e}$.", "Determine the value of ${e}$.", "What is ${e}$?", "Compute ${e}$.", "Which number is ${e}$?",
    "Work out ${e}$.",
)  # fmt: skip
ASKS_MODULO = (
    "What remainder does ${e}$ leave when it is divided by ${m}$?", "Find the remainder of ${e}$ on division by ${m}$.",
    "Determine ${e}$ modulo ${m}$.", "Which remainder is left when ${e}$ is divided by ${m}$?",
)  # fmt: skip
ASKS_FIRST = ("{ask} The letters are explained as follows.", "{ask} Here is what the letters mean.")
ASKS_NOTHING = (
    "Find it.", "What about the other one?", "Determine the value.", "Then do the same with the rest and give the result.",
    "", "How many are there?", "What is the number, depending on how one sees it?", "Work out the quantity in question.",
)  # fmt: skip
STEPS = (
    "We need {w}.", "The next number is {w}.", "Look at {w}.", "By definition this is {w}.", "Now take {w}.",
    "For this part we want {w}.",
)  # fmt: skip
HEADS = ("", "Step {n}. ", "{n}. ", "**Step {n}:** ", "- ")
FIRST = (
    "",
    "We go through the numbers one by one.",
    "Let us solve this step by step.",
    "All numbers can be computed in turn.",
)
LAST = (
    "So the answer is ${b}$.", "Therefore the final answer is ${b}$.", "Hence we obtain ${b}$.", "The result is ${b}$.",
    "$${b}$$", "**Answer:** ${b}$",
)  # fmt: skip
