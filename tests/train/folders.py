"""Small finished folders to mix and train on: dialogues of MIND, problems of GSDP with the questions about their seeds."""

from pathlib import Path
from typing import Any

from datasets import Features, List, Value

from builders.folder import finished
from builders.problems import with_solution

TEXT = Value("string")
TURNS = List({"role": TEXT, "content": TEXT})
DIALOGUE = Features(
    {**dict.fromkeys(("id", "text", "style", "passage", "passage_id", "model"), TEXT), "text_tokens": Value("int32")}
)
PROBLEM = Features(
    {**dict.fromkeys(("id", "problem", "solution", "text", "hop", "model"), TEXT), "messages": TURNS, "replies": List({"model": TEXT})}
)  # fmt: skip
REPLY = Features({"step": TEXT, "messages": TURNS})
STYLES = ("debate", "interview", "rephrase")


def dialogue(passage: int, style: str, model: str = "some/model") -> dict[str, Any]:
    """A dialogue whose length depends on its passage and style: an interview is longer where the passage's number is odd."""
    words = 20 + 7 * passage + (5 if (style == "interview") == bool(passage % 2) else 0)
    text = f"A: {style} about passage {passage}?\n\nB: " + " ".join(f"word{number}" for number in range(words))
    return {
        "id": f"p{passage}/{style}", "text": text, "style": style, "passage": f"What passage {passage} says.",
        "passage_id": f"p{passage}", "model": model, "text_tokens": words,
    }  # fmt: skip


def mind(output: Path, passages: int = 20, model: str = "some/model") -> Path:
    """A folder of dialogues in two styles and the control."""
    with finished(output, dict.fromkeys(STYLES, DIALOGUE), list(STYLES), "mind") as folder:
        for style in STYLES:
            folder.write(style, [dialogue(passage, style, model) for passage in range(passages)])
        folder.put("run.json", '{"mathloom": "0.1.0", "kind": "mind"}')
    return output


def problem(number: int, model: str = "some/model") -> dict[str, Any]:
    """A problem about two numbers."""
    asked, told = f"What is {number} plus {number + 3}?", f"It is $\\boxed{{{2 * number + 3}}}$."
    return {
        "id": f"one_hop-{number}/0", "problem": asked, "solution": told, "text": with_solution(asked, told), "hop": "one_hop",
        "messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": told}],
        "model": None, "replies": [{"model": model}],
    }  # fmt: skip


def gsdp(output: Path, problems: int = 40, model: str = "some/model", seed: str = "How many eggs are left?") -> Path:
    """A folder of problems; `seed` is the one problem that they were made from."""
    asked = [{"role": "user", "content": f"Name the knowledge points of this problem.\n\n{seed}"}]
    with finished(output, {"one_hop": PROBLEM, "replies": REPLY}, ["one_hop"], "gsdp") as folder:
        folder.write("one_hop", [problem(number, model) for number in range(problems)])
        folder.write("replies", [{"step": "knowledge_points", "messages": asked}])
        folder.put("run.json", '{"mathloom": "0.1.0", "kind": "gsdp"}')
    return output
