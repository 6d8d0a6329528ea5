"""Tasks of number theory, counting, probability and everyday arithmetic for the rehearsal's problems.

name -> Task
"""

import math

from generation.exact import Task, digits_of, divisors_of, primes_of, quotient, where

NUMBERS = {
    "gcd": Task(
        ("the greatest number that divides both $#0$ and $#1$",
         "the largest $d$ for which $d \\mid #0$ and $d \\mid #1$"),
        ((24, 420), (18, 360)), math.gcd, "\\gcd(#0, #1)",
    ),
    "lcm": Task(
        ("the smallest positive number that both $#0$ and $#1$ divide",
         "the least $m > 0$ with $#0 \\mid m$ and $#1 \\mid m$"),
        ((4, 60), (6, 75)), math.lcm, "\\operatorname{lcm}(#0, #1)",
    ),
    "divisors": Task(
        ("how many positive numbers divide $#0$ without a remainder", "the count of positive $d$ with $d \\mid #0$"),
        ((24, 900),), divisors_of, "\\tau(#0)", 2,
    ),
    "remainder": Task(
        ("what is left over when $#0$ is divided by $#1$", "the value of $#0 \\bmod #1$"),
        ((101, 9999), (6, 60)), lambda a, m: a % m, "#0 \\bmod #1",
    ),
    "power_remainder": Task(
        ("what is left over when $#0^{#1}$ is divided by $#2$", "the value of $#0^{#1} \\bmod #2$"),
        ((2, 19), (5, 90), (5, 23)), pow, "#0^{#1} \\bmod #2", 2,
    ),
    "largest_prime": Task(
        ("the greatest of the primes that divide $#0$", "the last prime in the factorization of $#0$"),
        ((60, 4000),), lambda n: primes_of(n)[-1], "\\max\\{p \\text{ prime}: p \\mid #0\\}",
    ),
    "primes": Task(
        ("how many primes lie between $#0$ and $#1$ (both included)",
         "the count of primes $p$ with $#0 \\le p \\le #1$"),
        ((2, 40), (45, 120)), lambda a, b: sum(len(primes_of(n)) == 1 for n in range(a, b + 1)),
        "\\pi(#1) - \\pi(#0 - 1)",
    ),
    "digit_sum": Task(
        ("what the decimal digits of $#0$ add up to", "the total of all digits of $#0$"),
        ((1001, 999999),), lambda n: sum(digits_of(n, 10)), "s(#0)",
    ),
    "base_digits": Task(
        ("how many digits $#0$ has in base $#1$", "the length of $#0$ when it is written to base $#1$"),
        ((60, 5000), (2, 9)), lambda n, b: len(digits_of(n, b)), "1 + \\lfloor \\log_{#1} #0 \\rfloor",
    ),
    "base_value": Task(
        ("what the digits $#0$ are worth when they are read in base $#1$", "the number that is written $#0_{#1}$"),
        ((100, 666), (3, 9)),
        lambda n, b: where(max(digits_of(n, 10)) < b, sum(d * b**i for i, d in enumerate(digits_of(n, 10)))), "#0_{#1}",
    ),
    "order": Task(
        ("the result of $#0 + #1 \\cdot (#2 - #3)$", "what $#0 + #1 \\cdot (#2 - #3)$ comes to"),
        ((3, 60), (2, 15), (12, 40), (1, 11)), lambda a, b, c, d: a + b * (c - d), "#0 + #1 \\cdot (#2 - #3)",
    ),
    "floor": Task(
        ("the value of $\\lfloor #0 / #1 \\rfloor$", "the greatest integer that is not above $#0 / #1$"),
        ((50, 2000), (3, 40)), lambda a, b: a // b, "\\lfloor #0 / #1 \\rfloor",
    ),
    "fraction_sum": Task(
        ("the integer to which $\\frac{#0}{#2}$ and $\\frac{#1}{#2}$ add up",
         "the value of $\\frac{#0}{#2} + \\frac{#1}{#2}$"),
        ((5, 90), (5, 90), (2, 9)), lambda a, b, c: quotient(a + b, c), "\\frac{#0 + #1}{#2}",
    ),
    "percent": Task(
        ("the integer that is $#0$ percent of $#1$", "how much $#0$ hundredths of $#1$ are"),
        ((5, 95), (20, 900)), lambda p, n: quotient(p * n, 100), "\\frac{#0 \\cdot #1}{100}",
    ),
    "ratio_part": Task(
        ("the larger share when $#0$ coins are dealt out as $#1 : #2$",
         "the second part of $#0$ when it is split like $#1 : #2$"),
        ((30, 400), (1, 4), (5, 9)), lambda n, a, b: quotient(n * b, a + b), "\\frac{#0 \\cdot #2}{#1 + #2}",
    ),
    "average": Task(
        ("the integer half-way from $#0$ to $#1$", "the mean of the integers $#0$ and $#1$, itself an integer"),
        ((3, 90), (10, 200)), lambda a, b: quotient(a + b, 2), "\\frac{#0 + #1}{2}",
    ),
    "median": Task(
        ("the middle one of $#0$, $#1$ and $#2$ in order of size",
         "the one of $#0$, $#1$, $#2$ that is neither first nor last by size"),
        ((3, 99), (3, 99), (3, 99)), lambda a, b, c: sorted((a, b, c))[1], "\\operatorname{med}(#0, #1, #2)",
    ),
    "range_of": Task(
        ("how far the least and the greatest of $#0$, $#1$, $#2$ lie apart", "the spread of the list $#0, #1, #2$"),
        ((3, 99), (3, 99), (3, 99)), lambda a, b, c: max(a, b, c) - min(a, b, c),
        "\\max(#0, #1, #2) - \\min(#0, #1, #2)",
    ),
    "distance": Task(
        ("how many kilometres a train covers in $#0$ hours at $#1$ km/h",
         "the kilometres that a car at $#1$ km/h makes in $#0$ hours"),
        ((2, 14), (30, 160)), lambda t, v: t * v, "#0 \\cdot #1",
    ),
    "work": Task(
        ("how many parts $#0$ machines finish in $#2$ hours at $#1$ parts an hour each",
         "the parts that $#0$ presses, each making $#1$ an hour, turn out in $#2$ hours"),
        ((2, 12), (3, 40), (2, 9)), lambda a, b, c: a * b * c, "#0 \\cdot #1 \\cdot #2",
    ),
    "cost": Task(
        ("what $#0$ notebooks at $#1$ cents and a bag at $#2$ cents cost in cents",
         "the price in cents of a $#2$-cent bag and $#0$ pens of $#1$ cents"),
        ((3, 25), (15, 180), (100, 900)), lambda a, b, c: a * b + c, "#0 \\cdot #1 + #2",
    ),
    "product_rule": Task(
        ("in how many ways one of $#0$ shirts, one of $#1$ hats and one of $#2$ scarves can be worn together",
         "the number of menus from $#0$ starters, $#1$ mains and $#2$ desserts"),
        ((2, 12), (2, 12), (2, 9)), lambda a, b, c: a * b * c, "#0 \\cdot #1 \\cdot #2",
    ),
    "choose": Task(
        ("how many teams of $#1$ can be formed from $#0$ players",
         "in how many ways $#1$ of $#0$ cards can be drawn, order aside"),
        ((6, 14), (2, 5)), math.comb, "\\binom{#0}{#1}", 2,
    ),
    "arrangements": Task(
        ("in how many orders $#1$ of $#0$ runners can take the first $#1$ places",
         "the number of queues of $#1$ people out of $#0$"),
        ((5, 11), (2, 4)), math.perm, "\\frac{#0!}{(#0 - #1)!}", 2,
    ),
    "either_multiple": Task(
        ("how many of the numbers from $1$ to $#0$ are multiples of $#1$ or of $#2$",
         "the count of $n \\le #0$, $n \\ge 1$, with $#1 \\mid n$ or $#2 \\mid n$"),
        ((60, 900), (2, 9), (4, 15)), lambda n, a, b: n // a + n // b - n // math.lcm(a, b),
        "\\lfloor #0 / #1 \\rfloor + \\lfloor #0 / #2 \\rfloor - \\lfloor #0 / \\operatorname{lcm}(#1, #2) \\rfloor", 3,
    ),
    "coefficient": Task(
        ("the factor of $x^{#1}$ once $(1 + x)^{#0}$ is multiplied out",
         "what stands before $x^{#1}$ in $(1 + x)^{#0}$"),
        ((6, 15), (2, 5)), math.comb, "\\binom{#0}{#1}", 2,
    ),
    "lattice_paths": Task(
        ("how many shortest routes lead $#0$ blocks east and $#1$ blocks north",
         "the number of ways to go from $(0, 0)$ to $(#0, #1)$ by unit steps right and up"),
        ((2, 9), (2, 7)), lambda a, b: math.comb(a + b, a), "\\binom{#0 + #1}{#0}", 3,
    ),
    "expected_hits": Task(
        ("how many times a side that comes up with probability $1/#1$ is expected in $#0$ throws",
         "the integer of hits to be expected in $#0$ trials that each succeed with chance $1/#1$"),
        ((12, 400), (2, 12)), lambda n, s: quotient(n, s), "#0 \\cdot \\frac{1}{#1}",
    ),
}  # fmt: skip
