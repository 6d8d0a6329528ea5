r"""Problems with their answers taken out, whatever a set calls its columns.

    problem, solution, level, type (MATH)      -> id, problem, solution, answer, subject, level, bad_row
    question, answer (GSM8K: "... #### 18")
    Body, Question, Answer, Type (SVAMP)

`id` is a row's own, else 16 hex digits of the sha256 of its texts; `answer` what the set gives, else what the solution's
last `\boxed{}` holds or what stands behind `####`; `level` is a number, 1 to 5 in MATH ("Level 3" there), as `subject` null
where there is none. `bad_row` says why a row could not be read. `seeds` rejects those, and what stood there before.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from datasets import Features, IterableDataset, Value

from builders import rows
from builders.answers import taken
from builders.errors import UserError
from builders.formats import items, opened_parquet
from builders.layout import SPLITS, NoSplit, front_matter
from builders.row import TEXT, WHY_UNIT_FIRST, Row
from builders.seen import Seen
from builders.sources import ON_HUB, File, Source, find, opened, source

STEP, UNIT = "seeds", "seed"
COLUMNS = Features({**dict.fromkeys(("id", "problem", "solution", "answer", "subject"), TEXT), "level": Value("int32")})

# where the text that is asked about stands; the first of them that a file has
TEXTS = (("problem",), ("Body", "Question"), ("question",), ("text",), ("Problem",), ("Question",))
IDS = ("id", "ID", "unique_id")
SUBJECTS = ("subject", "type", "Type")
READ = (*IDS, *SUBJECTS, "problem", "question", "Body", "Question", "solution", "answer", "Answer", "level")
ARE_TEXTS = ("problem", "question", "Body", "Question", "solution")
LEVEL = re.compile(r"(?:level\s*)?(\d{1,9})(?:\.0)?", re.IGNORECASE)
WHOLE = re.compile(r"(-?\d+)\.0+")

# repos without a default config: those of theirs that hold each row once
CONFIGS = {
    "EleutherAI/hendrycks_math": (
        "algebra", "counting_and_probability", "geometry", "intermediate_algebra", "number_theory", "prealgebra", "precalculus",
    ),
    "openai/gsm8k": ("main",), "cais/mmlu": ("all",),
}  # fmt: skip


def with_solution(problem: str, solution: str) -> str:
    """A problem and its solution as one text."""
    return f"Problem:\n{problem}\n\nSolution:\n{solution}"


def found(where: str, split: str | None = None) -> Source:
    """The files at `where`, as `builders.sources.find`; where a repo keeps its subjects apart, one after the other."""
    names = configs(where)
    if not names:
        return find(where, split=split, sample="problems.jsonl")
    parts = [find(where, config=names[0], split=split)]
    if parts[0].commit and len(names) > 1:  # the same one for all, whatever is pushed meanwhile
        repo = where.removeprefix("hf://datasets/").partition("@")[0]
        parts += [find(f"{repo}@{parts[0].commit}", config=name, split=split) for name in names[1:]]
    else:
        parts += [find(where, config=name, split=split) for name in names[1:]]
    return one(where, parts)


def whole(where: str) -> Source:
    """The files of every split at `where`: a benchmark's problems, those to train on too."""
    parts = []
    for split in SPLITS:
        try:
            parts.append(found(where, split))
        except NoSplit:
            continue
    return one(where, parts) if parts else found(where)


def one(where: str, parts: Sequence[Source]) -> Source:
    """Several sources of a place as one, with each file once."""
    files = {file.path: replace(file, place="") for part in parts for file in part.files}
    counts = [part.rows for part in parts]
    total = sum(count or 0 for count in counts) if None not in counts else None
    return source(where, list(files.values()), commit=parts[0].commit, rows=total)


def configs(where: str) -> tuple[str, ...]:
    """The configs to read at `where`, a repo or a copy of it; none where there is a default."""
    readme = Path(where).expanduser() / "README.md"
    if readme.is_file():
        declared = front_matter(readme).get("configs")
        names = {each.get("config_name") for each in declared} if isinstance(declared, list) else set()
        return next((known for known in CONFIGS.values() if names.issuperset(known) and "default" not in names), ())
    match = ON_HUB.fullmatch(where.removeprefix("hf://datasets/"))
    return CONFIGS.get(match["repo"], ()) if match and not match["path"] else ()


def text_columns(source: Source, among: Sequence[tuple[str, ...]] = TEXTS) -> tuple[str, ...]:
    """The columns that hold the text. UserError where the files have none of those that it could be."""
    rows.check(source)
    there = list(dict.fromkeys(name for file in source.files[:10] for name in columns_of(file)))
    names = next((names for names in among if set(names) <= set(there)), None)
    if names is None and there:
        wanted = ", ".join(" and ".join(each) for each in among)
        raise UserError(f"{source.name} has no column with problems ({wanted}); it has {', '.join(there[:20])}")
    return names or among[0]


def columns_of(file: File) -> list[str]:
    """The names of a file's columns, by its first rows where it does not say."""
    with opened(file) as raw:
        if file.kind == "parquet":
            rows.parquet_columns(file, raw, None, ())
            return list(opened_parquet(raw).schema_arrow.names)
        return list(dict.fromkeys(name for item in islice(items(raw, file.kind), rows.HEAD) for name in item.row or ()))


def of_file(file: File) -> Iterator[Row]:
    """The problems of a file, with `bad_row`."""
    return map(problem_of, rows.of_file(file, READ, texts=ARE_TEXTS))


def problem_of(row: Row) -> Row:
    """A row of any of the sets, in our columns."""
    if row["bad_row"]:
        return {**dict.fromkeys(COLUMNS), "bad_row": row["bad_row"]}
    solution, answer = row["solution"], rows.as_text(row["answer"])
    if row["problem"] is not None:
        problem = row["problem"]
    elif row["Body"] is not None or row["Question"] is not None:
        problem, answer = joined(row["Body"], row["Question"]), rows.as_text(row["Answer"])
    else:
        problem = row["question"]
        if solution is None and answer is not None and taken(answer) is not None:
            solution, answer = answer, None
    answer = (answer or "").strip() or taken(solution)
    made = {"problem": problem, "solution": solution, "answer": answer and WHOLE.sub(r"\1", answer)}
    name = next((text for each in IDS if (text := rows.as_text(row[each]))), None)
    subject = next((text for each in SUBJECTS if (text := rows.as_text(row[each]))), None)
    level = LEVEL.fullmatch((rows.as_text(row["level"]) or "").strip())
    wrong = None if (problem or "").strip() else "has no problem: its text is empty or missing"
    more = {"subject": subject, "level": int(level[1]) if level else None, "bad_row": wrong}
    return {"id": name or digest(problem, solution)[:16], **made, **more}


def joined(*texts: str | None) -> str:
    """Texts in one line, as SVAMP's body and question."""
    return " ".join(text.strip() for text in texts if text and text.strip())


def digest(*texts: str | None) -> str:
    """What stands for a row's texts in ids."""
    return hashlib.sha256(
        "\n\n".join(text for text in texts if text is not None).encode("utf-8", "replace")
    ).hexdigest()


def seeds(problems: Iterable[Row]) -> IterableDataset:
    """Problems, each id once: a stream with `COLUMNS` and `WHY_UNIT_FIRST`, of which `reason` is null where a row is kept.

    The same id with the same texts is a `duplicate`; with other texts it becomes `<id>~<hash>`.
    """
    return IterableDataset.from_generator(_Seeds(problems), features=Features({**COLUMNS, **WHY_UNIT_FIRST}))


@dataclass(frozen=True)
class _Seeds:
    problems: Iterable[Row]

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()  # `datasets` pickles a generator to name it; that must not pickle its rows

    def __call__(self) -> Iterator[Row]:
        with Seen() as seen:
            for row in self.problems:
                made = {name: row[name] for name in COLUMNS}
                made["id"], reason, detail = settled(row, seen)
                why = (UNIT, STEP, reason, detail) if reason else (None,) * 4
                yield made | dict(zip(WHY_UNIT_FIRST, why, strict=True))


def settled(row: Row, seen: Seen) -> tuple[str | None, str | None, str | None]:
    """The id of a row among those before, and the reason and detail where it is not kept."""
    name = row["id"]
    if row["bad_row"]:
        return name, "bad_row", row["bad_row"]
    name, duplicate = seen.settle(name, digest(row["problem"], row["solution"]))
    if duplicate:
        return name, "duplicate", f"a problem {name} with these texts stood there before"
    return name, None, None
