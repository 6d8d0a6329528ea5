"""The rehearsal's answers to what a doctor asks of a server: numbers in words, animals, one word that it was told to say.

a message (system messages before it) + a draw -> text, or None where it is about something else
"""

import re
from random import Random

NUMBERS = re.compile(r"Write the numbers from (\d{1,3}) to (\d{1,3}) as English words\b")
ANIMALS = re.compile(r"Name (\w+) animals\b")
ORDERED = re.compile(r"Whatever you are asked, reply with the one word (\w+)")
SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ZOO = (
    "ant badger bear bee camel carp crow deer dove eagle ferret finch fox frog goat goose hare hawk hedgehog hen horse lark lion lynx "
    "mole moose mouse newt otter owl ox pike pony quail ram raven seal shrew sparrow squid stoat swan toad trout vole wasp whale wolf"
).split()


def small_talk(message: str, draw: Random) -> str | None:
    """An answer, never spoilt: what a server does with a request is no matter of what its model knows."""
    if ordered := ORDERED.match(message):
        return ordered[1].capitalize()
    if numbers := NUMBERS.match(message):
        return ", ".join(map(in_words, range(int(numbers[1]), int(numbers[2]) + 1)))
    return ", ".join(draw.sample(ZOO, 10)) if ANIMALS.match(message) else None


def in_words(number: int) -> str:
    """A number below 1,000."""
    if number >= 100:
        rest = f" and {in_words(number % 100)}" if number % 100 else ""
        return f"{SMALL[number // 100]} hundred{rest}"
    if number < 20:
        return SMALL[number]
    return TENS[number // 10 - 2] + (f"-{SMALL[number % 10]}" if number % 10 else "")
