"""Tasks of geometry for the rehearsal's problems.

name -> Task
"""

from generation.exact import Task, quotient, root, where

SHAPES = {
    "third_angle": Task(
        ("the third angle in degrees where a triangle already has $#0^\\circ$ and $#1^\\circ$",
         "how many degrees a triangle with angles of $#0^\\circ$ and $#1^\\circ$ has left for its last corner"),
        ((20, 130), (15, 110)), lambda a, b: where(a + b < 180, 180 - a - b), "180 - #0 - #1",
    ),
    "triangle_area": Task(
        ("how many square units a triangle of base $#0$ and height $#1$ covers, an integer",
         "the integer area under the roof of a triangle $#0$ wide and $#1$ high"),
        ((4, 60), (3, 50)), lambda a, b: quotient(a * b, 2), "\\frac{#0 \\cdot #1}{2}",
    ),
    "hypotenuse": Task(
        ("the integer length of the longest side over legs $#0$ and $#1$ that meet at a right angle",
         "the integer length of a ladder that reaches $#1$ high from $#0$ away"),
        ((3, 40), (4, 60)), lambda a, b: root(a * a + b * b), "\\sqrt{#0^2 + #1^2}", 2,
    ),
    "scaled_side": Task(
        ("the side that answers to $#2$ when a side of $#0$ has grown to $#1$, an integer",
         "the integer length to which $#2$ is drawn on a scale that turns $#0$ into $#1$"),
        ((2, 12), (6, 60), (4, 60)), lambda a, b, c: quotient(b * c, a), "\\frac{#1 \\cdot #2}{#0}", 2,
    ),
    "scaled_area": Task(
        ("the area to which $#0$ square units grow when all lengths are multiplied by $#1$",
         "how many square units a figure of $#0$ covers once it is drawn $#1$ times as large"),
        ((3, 60), (2, 9)), lambda a, k: a * k * k, "#0 \\cdot #1^2", 2,
    ),
    "circle_area": Task(
        ("the number $k$ for which a disc of radius $#0$ covers $k\\pi$ square units",
         "how many times $\\pi$ fits into the surface of a disc of radius $#0$"),
        ((3, 60),), lambda r: r * r, "#0^2",
    ),
    "diameter": Task(
        ("the width of a ring road that is $#0\\pi$ long", "the width across a wheel whose rim measures $#0\\pi$"),
        ((6, 200),), lambda c: c, "\\frac{#0\\pi}{\\pi}",
    ),
    "chord_distance": Task(
        ("the integer distance of a chord of length $2 \\cdot #1$ from the centre where the radius is $#0$",
         "how far, an integer, the middle of a chord $2 \\cdot #1$ long lies from the centre of a circle of radius $#0$"),
        ((5, 50), (3, 48)), lambda r, h: root(r * r - h * h) or None, "\\sqrt{#0^2 - #1^2}", 3,
    ),
    "rectangle_area": Task(
        ("how many square metres a floor of $#0$ by $#1$ metres has", "the area that a sheet of $#0$ by $#1$ covers"),
        ((4, 60), (5, 75)), lambda a, b: a * b, "#0 \\cdot #1",
    ),
    "rectangle_perimeter": Task(
        ("the length of a fence around a yard of $#0$ by $#1$",
         "how long the edge of a $#0$ by $#1$ sheet is all around"),
        ((4, 90), (5, 90)), lambda a, b: 2 * (a + b), "2 \\cdot (#0 + #1)",
    ),
    "polygon_angles": Task(
        ("how many degrees the inner corners of a convex figure with $#0$ sides have together",
         "the total of all inner angles, in degrees, where $#0$ sides close up"),
        ((3, 24),), lambda n: 180 * (n - 2), "180 \\cdot (#0 - 2)",
    ),
    "diagonals": Task(
        ("how many segments join corners of a convex figure with $#0$ sides that are not neighbours",
         "the number of inner connections between the $#0$ corners of a convex figure"),
        ((5, 40),), lambda n: n * (n - 3) // 2, "\\frac{#0 \\cdot (#0 - 3)}{2}", 2,
    ),
    "box_volume": Task(
        ("how many unit cubes fill a crate of $#0$ by $#1$ by $#2$", "the space inside a tank of $#0$ by $#1$ by $#2$"),
        ((2, 15), (2, 15), (3, 20)), lambda a, b, c: a * b * c, "#0 \\cdot #1 \\cdot #2",
    ),
    "cube_surface": Task(
        ("how much paper wraps a die with edge $#0$", "the area of all sides of a block with all edges $#0$"),
        ((2, 30),), lambda a: 6 * a * a, "6 \\cdot #0^2",
    ),
    "cylinder_volume": Task(
        ("the number $k$ for which a can of radius $#0$ and height $#1$ holds $k\\pi$",
         "how many times $\\pi$ fits into the space of a can $#1$ high with radius $#0$"),
        ((2, 15), (3, 25)), lambda r, h: r * r * h, "#0^2 \\cdot #1", 2,
    ),
    "distance_points": Task(
        ("the integer length of the way from $(#0, #1)$ straight to $(#2, #3)$",
         "how far, an integer, $(#0, #1)$ and $(#2, #3)$ lie apart"),
        ((-6, 6), (-6, 6), (-9, 15), (-9, 15)),
        lambda a, b, c, d: root((c - a) ** 2 + (d - b) ** 2) or None,
        "\\sqrt{(#2 - (#0))^2 + (#3 - (#1))^2}", 2,
    ),
    "midpoint": Task(
        ("the integer first coordinate half-way from $(#0, #1)$ to $(#2, #3)$",
         "the integer $x$-value of the centre of the segment from $(#0, #1)$ to $(#2, #3)$"),
        ((-9, 30), (-9, 30), (-9, 40), (-9, 40)), lambda a, b, c, d: quotient(a + c, 2), "\\frac{#0 + (#2)}{2}",
    ),
    "slope": Task(
        ("the integer by which the line from $(#0, #1)$ to $(#2, #3)$ climbs with each unit",
         "the integer steepness of the line that joins $(#0, #1)$ with $(#2, #3)$"),
        ((-4, 4), (-9, 12), (5, 12), (-9, 40)), lambda a, b, c, d: quotient(d - b, c - a),
        "\\frac{#3 - (#1)}{#2 - (#0)}",
    ),
}  # fmt: skip
