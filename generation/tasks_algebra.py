"""Tasks of algebra and precalculus for the rehearsal's problems.

name -> Task
"""

from generation.exact import Task, larger_root, logarithm, quotient, root

ALGEBRA = {
    "linear": Task(
        ("the integer $x$ with $#0x + #1 = #2$", "the integer that solves $#0x + #1 = #2$"),
        ((2, 15), (1, 60), (20, 400)), lambda a, b, c: quotient(c - b, a), "\\frac{#2 - #1}{#0}",
    ),
    "system": Task(
        ("the integer $x$ for which some integer $y$ gives $x + y = #0$ and $x - y = #1$",
         "the larger of two integers with sum $#0$ and difference $#1$"),
        ((20, 300), (1, 19)), lambda s, d: quotient(s + d, 2), "\\frac{#0 + #1}{2}",
    ),
    "line_value": Task(
        ("the height at $x = #2$ of the line with slope $#0$ through $(0, #1)$",
         "the $y$ that belongs to $x = #2$ on $y = #0x + #1$"),
        ((2, 15), (1, 40), (3, 30)), lambda m, b, x: m * x + b, "#0 \\cdot #2 + #1",
    ),
    "integers_between": Task(
        ("how many integers $x$ satisfy $#0 < x < #1$", "the count of integers strictly between $#0$ and $#1$"),
        ((-20, 30), (35, 200)), lambda a, b: b - a - 1, "#1 - (#0) - 1",
    ),
    "absolute": Task(
        ("the greater solution of $|x - #0| = #1$",
         "the number right of $#0$ on the line whose distance from $#0$ is $#1$"),
        ((1, 60), (1, 90)), lambda a, b: a + b, "#0 + #1",
    ),
    "larger_root": Task(
        ("the greater integer root of $x^2 - #0x + #1 = 0$", "the larger integer at which $x^2 - #0x + #1$ vanishes"),
        ((5, 24), (4, 110)), larger_root, "\\frac{#0 + \\sqrt{#0^2 - 4 \\cdot #1}}{2}", 2,
    ),
    "squares_of_roots": Task(
        ("the total of the squares of both roots of $x^2 - #0x + #1 = 0$",
         "the value of $r^2 + s^2$ for the roots $r$, $s$ of $x^2 - #0x + #1$"),
        ((9, 40), (2, 20)), lambda s, p: s * s - 2 * p, "#0^2 - 2 \\cdot #1", 3,
    ),
    "least_value": Task(
        ("the least value of $x^2 - #0x + #1$, which is an integer,",
         "the integer height of the lowest point of $y = x^2 - #0x + #1$"),
        ((2, 30), (20, 400)), lambda b, c: quotient(4 * c - b * b, 4), "#1 - \\left(\\frac{#0}{2}\\right)^2", 2,
    ),
    "polynomial_value": Task(
        ("what $x^3 - #0x + #1$ gives for $x = #2$", "the result of putting $x = #2$ into $x^3 - #0x + #1$"),
        ((2, 20), (1, 60), (2, 12)), lambda a, b, x: x**3 - a * x + b, "#2^3 - #0 \\cdot #2 + #1",
    ),
    "polynomial_remainder": Task(
        ("what remains when $x^2 + #0x + #1$ is divided by $x - #2$",
         "the constant left over on dividing $x^2 + #0x + #1$ by $x - #2$"),
        ((1, 20), (1, 60), (1, 12)), lambda a, b, x: x * x + a * x + b, "#2^2 + #0 \\cdot #2 + #1", 2,
    ),
    "power": Task(
        ("the result of $#0^{#1}$", "what $#0^{#1}$ comes to"),
        ((2, 12), (2, 5)), pow, "#0^{#1}",
    ),
    "square_root": Task(
        ("the integer whose square is $#0 + #1$", "the integer value of $\\sqrt{#0 + #1}$"),
        ((20, 300), (20, 600)), lambda a, b: root(a + b), "\\sqrt{#0 + #1}",
    ),
    "log": Task(
        ("the integer exponent to which $#0$ is raised to give $#1$", "the integer value of $\\log_{#0} #1$"),
        ((2, 4), (4, 256)), lambda b, n: logarithm(n, b), "\\log_{#0} #1", 2,
    ),
    "composition": Task(
        ("the number $f(g(#2))$, where $f(x) = #0x + 1$ and $g(x) = x^2 + #1$,",
         "what $x = #2$ becomes under $x \\mapsto x^2 + #1$ followed by $x \\mapsto #0x + 1$"),
        ((2, 9), (1, 30), (2, 9)), lambda a, b, x: a * (x * x + b) + 1, "#0 \\cdot (#2^2 + #1) + 1", 2,
    ),
    "arithmetic_term": Task(
        ("the entry in place $#2$ of the list that begins with $#0$ and grows by $#1$",
         "the number in place $#2$ when one counts from $#0$ on in steps of $#1$"),
        ((1, 40), (2, 15), (10, 60)), lambda a, d, n: a + (n - 1) * d, "#0 + (#2 - 1) \\cdot #1",
    ),
    "arithmetic_sum": Task(
        ("the total of the first $#2$ numbers of $#0, #0 + #1, #0 + 2 \\cdot #1, \\dots$",
         "what $#2$ numbers from $#0$ on in steps of $#1$ add up to"),
        ((1, 20), (2, 9), (6, 30)), lambda a, d, n: n * (2 * a + (n - 1) * d) // 2,
        "\\frac{#2 \\cdot (2 \\cdot #0 + (#2 - 1) \\cdot #1)}{2}", 2,
    ),
    "geometric_term": Task(
        ("the entry in place $#2$ of the list that begins with $#0$ and is multiplied by $#1$ each time",
         "the amount after $#2 - 1$ steps when $#0$ is multiplied by $#1$ in every step"),
        ((1, 9), (2, 4), (3, 7)), lambda a, r, n: a * r ** (n - 1), "#0 \\cdot #1^{#2 - 1}",
    ),
    "geometric_sum": Task(
        ("the total of the $#2$ numbers $#0, #0 \\cdot #1, \\dots, #0 \\cdot #1^{#2 - 1}$",
         "what $#2$ numbers add up to of which the first is $#0$ and each next one $#1$ times as large"),
        ((1, 9), (2, 4), (3, 7)), lambda a, r, n: a * (r**n - 1) // (r - 1),
        "#0 \\cdot \\frac{#1^{#2} - 1}{#1 - 1}", 3,
    ),
    "trig_square": Task(
        ("the constant value of $#0 \\sin^2 t + #0 \\cos^2 t + #1$",
         "what $#1 + #0(\\sin^2 t + \\cos^2 t)$ is for every $t$"),
        ((2, 40), (1, 60)), lambda a, b: a + b, "#0 \\cdot 1 + #1",
    ),
    "cosine_sixty": Task(
        ("the integer $#0 \\cos 60^\\circ$",
         "the integer length of the leg next to an angle of $60^\\circ$ under a hypotenuse of $#0$"),
        ((4, 120),), lambda a: quotient(a, 2), "#0 \\cdot \\frac{1}{2}",
    ),
    "sine_period": Task(
        ("after how many degrees, an integer, $\\sin(#0t)$ repeats for the first time",
         "the integer of degrees in one full wave of $t \\mapsto \\sin(#0t)$"),
        ((2, 30),), lambda n: quotient(360, n), "\\frac{360}{#0}", 2,
    ),
    "modulus": Task(
        ("the squared distance of $#0 + #1i$ from the origin", "the value of $|#0 + #1i|^2$"),
        ((1, 20), (1, 20)), lambda a, b: a * a + b * b, "#0^2 + #1^2",
    ),
    "real_part": Task(
        ("the real part of $(#0 + #1i)(#2 + #3i)$", "what of $(#0 + #1i)(#2 + #3i)$ is not imaginary"),
        ((2, 12), (1, 9), (2, 12), (1, 9)), lambda a, b, c, d: a * c - b * d, "#0 \\cdot #2 - #1 \\cdot #3", 2,
    ),
    "conjugate_product": Task(
        ("the real number $(#0 + #1i)(#0 - #1i)$",
         "what $#0 + #1i$ gives when it is multiplied by its mirror image $#0 - #1i$"),
        ((1, 20), (1, 20)), lambda a, b: a * a + b * b, "#0^2 + #1^2",
    ),
    "dot_product": Task(
        ("the number $(#0, #1) \\cdot (#2, #3)$",
         "the sum of the products of the entries of $(#0, #1)$ with those of $(#2, #3)$"),
        ((-9, 15), (1, 15), (2, 12), (-8, 12)), lambda a, b, c, d: a * c + b * d,
        "(#0) \\cdot #2 + #1 \\cdot (#3)",
    ),
    "squared_length": Task(
        ("the squared length of $(#0, #1, #2)$", "the value of $\\lVert (#0, #1, #2) \\rVert^2$"),
        ((1, 15), (1, 15), (1, 15)), lambda a, b, c: a * a + b * b + c * c, "#0^2 + #1^2 + #2^2",
    ),
    "determinant": Task(
        ("the number $\\begin{vmatrix} #0 & #1 \\\\ #2 & #3 \\end{vmatrix}$",
         "the signed area spanned by the columns of $\\begin{pmatrix} #0 & #1 \\\\ #2 & #3 \\end{pmatrix}$"),
        ((1, 15), (1, 12), (1, 12), (2, 15)), lambda a, b, c, d: a * d - b * c, "#0 \\cdot #3 - #1 \\cdot #2", 2,
    ),
    "trace": Task(
        ("the total of the main diagonal of $\\begin{pmatrix} #0 & #1 \\\\ #2 & #3 \\end{pmatrix}^2$",
         "the trace of the square of $\\begin{pmatrix} #0 & #1 \\\\ #2 & #3 \\end{pmatrix}$"),
        ((1, 9), (1, 9), (1, 9), (1, 9)), lambda a, b, c, d: a * a + 2 * b * c + d * d,
        "#0^2 + 2 \\cdot #1 \\cdot #2 + #3^2", 3,
    ),
}  # fmt: skip
