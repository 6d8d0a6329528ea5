"""Folders for the tests of their page: dialogues whose rows hold the worst, problems with their points, seeds and replies."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

from datasets import Features, List, Value

from builders.folder import finished
from builders.row import WHY
from tests.cards.gsdp_folders import PANEL
from tests.cards.gsdp_folders import row as problem

TEXT, WHOLE = Value("string"), Value("int64")
DIALOGUE = Features(
    {
        **dict.fromkeys(("id", "text"), TEXT), "turns": List({"speaker": TEXT, "text": TEXT}),
        **dict.fromkeys(("style", "gap", "passage", "passage_id", "document_id", "url"), TEXT), "passage_tokens": WHOLE,
        "copy_rate": Value("float64"), "flags": List(TEXT),
        "contamination": List({"benchmark": TEXT, "id": TEXT, "layer": TEXT, "evidence": TEXT}), "reply": TEXT, "model": TEXT,
    }
)  # fmt: skip
PROBLEM = Features(
    {
        **dict.fromkeys(("id", "problem", "solution", "answer", "hop", "text"), TEXT), "knowledge_points": List(TEXT),
        "seed_ids": List(TEXT), "problem_scores": List({"judge": TEXT, "score": Value("float64")}),
        "solution_verdicts": List({"judge": TEXT, "verdict": Value("bool")}), "replies": List({"step": TEXT, "key": TEXT, "model": TEXT}),
    }
)  # fmt: skip
REPLIES = Features(
    {
        **dict.fromkeys(("key", "step", "prompt", "model", "revision", "sampling"), TEXT), "sample": WHOLE, "try": WHOLE,
        "dialect": TEXT, "messages": List({"role": TEXT, "content": TEXT}), "text": TEXT,
    }
)  # fmt: skip
VOCABULARY = Features(
    {
        "knowledge_point": TEXT, "spelling": TEXT, "seed_ids": List(TEXT), "similarity": Value("float64"),
        "decision": TEXT, "reason": TEXT,
    }
)  # fmt: skip
EDGES = Features({"a": TEXT, "b": TEXT, "weight": WHOLE})
RAN = "document.title='ran'"
HOSTILE = [
    f"</script><script>{RAN}</script>", f'<img src=x onerror="{RAN}">', rf"$\href{{javascript:{RAN}}}{{x}}$ $\url{{javascript:{RAN}}}$",
    r"$\htmlStyle{position:fixed}{x} \includegraphics{http://x/y.png}$", r"$\frac{1}{$ and $$\begin{matrix} 1 & 2 $$ and \[ x \( y",
    "עברית $x^2$ العربية \u202eevil\u2066", "a\x00b\x1b[31m", r"$\def\a{\a\a}\a$ $\newcommand{\b}{\b\b}\b$ $\rule{9999em}{9999em}$",
    f"{{{{ 7 }}}} {{% raw %}} ${{{RAN}}} </style><style>*{{display:none}}</style>", "$" * 2000, "\\[ " * 2000,
    r"$\vec{a} \overbrace{b} \cancel{c} \boxed{4} \text{<script>d</script>}$", f"javascript:{RAN}", "İ 𝕏 ΣΊΣΥΦΟΣ", "x" * 50_000,
]  # fmt: skip


def dialogue(number: int, text: str = "Take $x^2$.", style: str = "debate", **more: Any) -> dict[str, Any]:
    """A dialogue that says a text everywhere."""
    return {
        "id": f"{text[:30]}/{number}", "text": text, "turns": [{"speaker": text[:30], "text": text}, {"speaker": "Ben", "text": "Yes."}],
        "style": style, "gap": "none", "passage": f"passage {number}: {text}", "passage_id": f"p{number}", "document_id": "d", "url": text,
        "passage_tokens": 2**60, "copy_rate": float("nan"), "flags": [], "contamination": [], "reply": f"{number:064x}", "model": "m", **more,
    }  # fmt: skip


def reply(key: str, step: str, asked: str, text: str, **more: Any) -> dict[str, Any]:
    """A reply; `sample` and `try` are 0 unless they are said."""
    said = {
        "key": key,
        "step": step,
        "prompt": "p@1",
        "model": "m",
        "revision": "r",
        "sampling": "{}",
        "sample": 0,
        "try": 0,
    }
    return {**said, "dialect": "chat", "messages": [{"role": "user", "content": asked}], "text": text, **more}


def dialogues(output: Path, texts: list[str]) -> Path:
    """A folder of MIND: of each text a row, every second one rejected, and its reply."""
    rows = [dialogue(number, text) for number, text in enumerate(texts)]
    configs = {"debate": DIALOGUE, "rejected": Features({**DIALOGUE, **WHY}), "replies": REPLIES}
    with finished(output, configs, ["debate"], "mind") as folder:
        folder.write("debate", rows[::2])
        why = [
            {"step": "debate", "unit": "dialogue", "reason": "too_short", "detail": row["text"][:99]}
            for row in rows[1::2]
        ]
        folder.write("rejected", [{**row, **said} for row, said in zip(rows[1::2], why, strict=True)])
        folder.write("replies", [reply(row["reply"], "debate", row["passage"], row["text"]) for row in rows])
        folder.put("run.json", json.dumps({"mathloom": "0", "kind": "mind"}))
    return output


def problems(output: Path) -> Path:
    """A folder of GSDP: a problem that is kept, one that is vetoed; points, edges, seeds, and what was asked about them."""
    keys = [f"{number:064x}" for number in range(8)]

    def made(number: int, verdict: bool | None, own: list[str], **more: Any) -> dict[str, Any]:
        usual = {name: value for name, value in problem(number).items() if name in PROBLEM}
        return {
            **usual, "seed_ids": ["s1", "s2"], "problem_scores": [{"judge": "a", "score": 0.9}, {"judge": "b", "score": 0.5}],
            "solution_verdicts": [{"judge": "a", "verdict": True}, {"judge": "b", "verdict": verdict}],
            "replies": [{"step": "problem", "key": key, "model": "m"} for key in own], **more,
        }  # fmt: skip

    names = {"s1": ["sums", "Sums", "whole numbers"], "s2": ["sums", "whole numbers", "parity"]}
    spelled = [
        ("sums", "sums", ["s1", "s2"], "chosen"), ("sums", "Sums", ["s1"], "merged"), ("whole numbers", "whole numbers", ["s1", "s2"], "kept"),
        (None, "parity", ["s2"], "dropped"),
    ]  # fmt: skip
    configs = {
        "one_hop": PROBLEM,
        "rejected": Features({**PROBLEM, **WHY}),
        "vocabulary": VOCABULARY,
        "edges": EDGES,
        "replies": REPLIES,
    }
    with finished(output, configs, ["one_hop"], "gsdp") as folder:
        folder.write("one_hop", [made(1, True, [keys[1]])])
        lost = {"step": "judge_solution", "unit": "problem", "reason": "vetoed", "detail": "b says False"}
        folder.write("rejected", [made(2, False, [keys[2]], **lost)])
        columns = ("knowledge_point", "spelling", "seed_ids", "decision")
        folder.write("vocabulary", [dict(zip(columns, row, strict=True)) for row in spelled])
        folder.write("edges", [{"a": "sums", "b": "whole numbers", "weight": 2}])
        lists = {seed: "\n".join(f"{n}. {name}" for n, name in enumerate(of, 1)) for seed, of in names.items()}
        folder.write(
            "replies",
            [
                reply(keys[0], "problem", "points: sums", "unreadable"),
                reply(keys[1], "problem", "points: sums", "a problem", **{"try": 1}),
                reply(keys[2], "problem", "other words", "another problem"),
                reply(keys[3], "knowledge_points", "the seed s1", f"<points>\n{lists['s1']}\n</points>"),
                reply(keys[4], "knowledge_points", "the seed s2", f"<points>\n{lists['s2']}\n</points>"),
                reply(keys[5], "synonyms", "same?\n<point>\nsums\n</point>\n<point>\nSums\n</point>", "yes"),
                reply(keys[6], "point_filter", "keep?\n<point>\nparity\n</point>", "vague"),
                reply(keys[7], "embedding", "sums", "AAAA", dialect="embed"),
            ],
        )
        folder.put("recipe.yaml", "least_score: 0.85\n")
        folder.put("run.json", json.dumps({"mathloom": "0", "kind": "gsdp", "panel": PANEL, "rehearsal": True}))
    return output


def odd(output: Path) -> Path:
    """A folder of rows that somebody else made: what our columns are called, and other things in them."""
    names = [
        "flags",
        "knowledge_points",
        "seed_ids",
        "turns",
        "contamination",
        "problem_scores",
        "solution_verdicts",
        "replies",
    ]
    columns = {
        **dict.fromkeys([*names, "id", "reply", "style", "constructor"], TEXT),
        "passage": List(WHOLE),
        "url": List(List(WHOLE)),
    }
    row = {**dict.fromkeys(columns, "no list, but a text"), "passage": [1, 2], "url": [[1], [2]]}
    with finished(
        output, {"default": Features(columns), "more": Features({"problem": WHOLE, "solution": TEXT})}, [], "odd"
    ) as folder:
        folder.write("default", [row, {**row, "id": None, "reply": "constructor"}])
        folder.write("more", [{"problem": 3, "solution": "x"}, {"problem": None, "solution": None}])
        folder.put("run.json", json.dumps({"mathloom": "0", "kind": "odd"}))
    return output


def unpacked(page: Path) -> dict[str, Any]:
    """The data of a page by the names of its pieces, as a browser has it."""
    found = {}
    for file in (page / "data").iterdir():
        name, _, packed = file.read_text("ascii").removeprefix('mathloom("').removesuffix('")\n').partition('","')
        assert name == file.stem
        found[name] = json.loads(gzip.decompress(base64.b64decode(packed, validate=True)))
    return found
