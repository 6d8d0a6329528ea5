"""The card: true to its folder, whatever stands in it, and front matter that the Hub and `load_dataset` read."""

import json
import re
import resource
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import Features, Value, load_dataset
from datasets.info import DatasetInfosDict
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCard
from markdown_it import MarkdownIt

from builders.configs import declared, read_configs
from builders.errors import CheckFailed, UserError, WorldError
from builders.folder import finished
from cards.card import main, write_card
from cards.front import size_category
from cards.overlap import overlap

TEXT = Value("string")
ROW = Features(
    {
        "id": TEXT,
        "text": TEXT,
        "turns": [{"speaker": TEXT, "text": TEXT}],
        "style": TEXT,
        "gap": TEXT,
        "passage": TEXT,
        "document_id": TEXT,
        "text_tokens": Value("int64"),
        "flags": [TEXT],
        "model": TEXT,
        "prompt": TEXT,
    }
)
REJECTED = Features({**ROW, "step": TEXT, "unit": TEXT, "reason": TEXT, "detail": TEXT})
STYLES = ["debate", "interview"]
RECIPE = "rows: sample\nstyles: [debate, interview]\npassage_tokens: 500\ngenerator:\n  paper_model: meta/big\n"
ENGLISH = "Ann: Look at the square, and tell me that it has a side.\n\nBen: To see this, start with the sum."


def dialogue(number: int, style: str = "debate", text: str = ENGLISH, **more: Any) -> dict[str, Any]:
    return {
        "id": f"d/{number}/{style}",
        "text": text,
        "turns": [{"speaker": "Ann", "text": text}],
        "style": style,
        "gap": "partial",
        "passage": "The sum is $x^2$.",
        "document_id": "d",
        "text_tokens": 10 + number,
        "flags": [],
        "model": "maker/model",
        "prompt": f"{style}@0123abcd",
        **more,
    }


def run_of(kept: dict[str, int], loops: dict[str, int], documents: dict[str, int], **more: Any) -> dict[str, Any]:
    """run.json as generation writes it, for so many kept and rejected rows."""
    styles = {
        style: {
            "asked": kept.get(style, 0) + loops.get(style, 0),
            "kept": kept.get(style, 0),
            "rejected": {"loop": loops[style]} if style in loops else {},
            "flags": {"copied": 1} if kept.get(style) else {},
        }
        for style in STYLES
    }
    return {
        "mathloom": "0.1.0",
        "kind": "mind",
        "command": "python -m generation.mind --limit 3",
        "counts": {"documents": {"in": 40, "passages": 3, "rejected": documents}, "styles": styles},
        "measures": {style: {"copy_rate": 0.25, "unheard_of": 3.0} for style in STYLES if kept.get(style)},
        "tokens": {"prompt": 12345, "completion": 6789},
        "cost": 0.0321,
        "models": [{"role": "generator", "model": "maker/model", "revision": "c0ffee", "sampling": {"top_p": 0.9}}],
        "rehearsal": False,
        "tokenizer": "shipped",
        "asked": 5,
        "from_ledger": 2,
        "seconds": 1.25,
        "ended": "2026-01-02T03:04:05Z",
        **more,
    }


def make(
    output: Path, rows: list[dict[str, Any]], rejected: list[dict[str, Any]], recipe: str | None = RECIPE, **more: Any
) -> Path:
    """A folder of MIND whose run.json counts what is in it, with its card."""
    kept = {style: sum(row["style"] == style for row in rows) for style in STYLES}
    loops = {style: sum(row.get("style") == style for row in rejected) for style in STYLES}
    lost = sum(row.get("style") is None for row in rejected)
    run = run_of(kept, {s: n for s, n in loops.items() if n}, {"bad_row": lost} if lost else {}, **more)
    with finished(output, {**dict.fromkeys(STYLES, ROW), "rejected": REJECTED}, STYLES, "mind") as folder:
        for row in rows:
            folder.write(row["style"], [row])
        folder.write("rejected", rejected)
        if recipe is not None:
            folder.put("recipe.yaml", recipe)
        folder.put("run.json", json.dumps(run))
        folder.close()
        write_card(folder.path)
    return output


def a_folder(output: Path, **more: Any) -> Path:
    lost = [dialogue(9, reason="loop", unit="dialogue"), {"id": "d/8", "reason": "bad_row", "unit": "document"}]
    return make(output, [dialogue(1), dialogue(2), dialogue(1, "interview")], lost, **more)


def body_of(folder: Path) -> str:
    return (folder / "README.md").read_text(encoding="utf-8").split("\n---\n", 1)[1].lstrip("\n")


def rows_of(card: str, first: str) -> list[list[str]]:
    """The cells of the table whose head begins with `first`."""
    lines = card.split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {first} |"))
    table = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table


def test_the_front_matter_is_the_hubs_and_load_dataset_reads_by_it(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "out")
    card = DatasetCard.load(folder / "README.md").data.to_dict()
    assert card["tags"] == ["synthetic", "mathloom", "mind", "mathematics"]
    assert (card["language"], card["license"]) == (["en"], "unknown")
    assert (card["task_categories"], card["size_categories"]) == (["text-generation"], ["n<1K"])
    assert list(MetadataConfigs.from_dataset_card_data(DatasetCard.load(folder / "README.md").data)) == [
        "default",
        "debate",
        "interview",
        "rejected",
    ]
    infos = DatasetInfosDict.from_dataset_card_data(DatasetCard.load(folder / "README.md").data)
    assert (infos["default"].features, infos["rejected"].features) == (ROW, REJECTED)
    sizes = {info["config_name"]: info["splits"][0]["num_examples"] for info in card["dataset_info"]}
    assert sizes == {"default": 3, "debate": 2, "interview": 1, "rejected": 2}
    for config, rows in sizes.items():
        dataset = load_dataset(str(folder), config, cache_dir=str(tmp_path / "cache"), split="train")
        assert dataset.num_rows == rows
        assert dataset.features == read_configs(folder)[config][1]
        stream = load_dataset(str(folder), config, split="train", streaming=True)
        assert stream.features == dataset.features and len(list(stream)) == rows


def test_the_card_keeps_what_the_folder_declared_and_is_the_same_when_written_again(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "out")
    first, configs = (folder / "README.md").read_bytes(), declared(folder)
    write_card(folder)
    assert (folder / "README.md").read_bytes() == first
    main([str(folder)])
    drawn = (folder / "README.md").read_bytes()
    main([str(folder)])
    assert (folder / "README.md").read_bytes() == drawn != first
    assert declared(folder) == configs and all("sha256" in config["description"] for config in configs)


def test_the_numbers_are_the_folders(tmp_path: Path) -> None:
    card = body_of(a_folder(tmp_path / "out"))
    assert "3 dialogues (34 tokens) in 2 styles" in card
    assert rows_of(card, "style") == [
        ["`debate`", "`partial`", "3", "2", "1", "67%", "23"],
        ["`interview`", "`partial`", "1", "1", "0", "100%", "11"],
        ["all", "", "4", "3", "1", "75%", "34"],
    ]
    assert rows_of(card, "reason")[:2] == [
        ["`bad_row`", "a document that cannot be read, or holds no text", "1", "0", "0"],
        ["`loop`", "the reply repeats itself", "0", "1", "0"],
    ]
    assert rows_of(card, "mean of") == [["`copy_rate`", "0.25", "0.25"], ["`unheard_of`", "3", "3"]]
    assert rows_of(card, "prompt") == [["`debate`", "`0123abcd`", "3"], ["`interview`", "`0123abcd`", "1"]]
    assert rows_of(card, "role") == [["`generator`", "`maker/model`", "`c0ffee`", "not stated", "`top_p: 0.9`"]]
    assert [line[1] for line in rows_of(card, "config")] == ["3", "2", "1", "2"]
    assert [[line[0], *line[2:]] for line in rows_of(card, "stage")] == [
        ["documents", "40", "–", "–", ""],
        ["passages", "3", "–", "–", "`bad_row` 1"],
        ["replies", "4", "–", "–", ""],
        ["dialogues", "4", "100%", "100%", ""],
        ["kept", "3", "75%", "75%", "`loop` 1"],
    ]
    for said in ["12,345 in prompts, 6,789 in replies", "5 asked in this run, 2 answered", "$0.0321", "1.2 seconds"]:
        assert said in card
    cut = (
        "1. 40 documents (`sample`) were cut into 3 passages of at most 500 tokens, counted by the tokenizer `shipped`."
    )
    assert f"{cut} 1 of them gave no passage.\n2. Each passage" in card
    assert "python -m generation.mind --config recipe.yaml" in card
    assert "2410.12881" in card and "`meta/big`" in card


def test_passages_that_were_given_are_not_said_to_be_cut(tmp_path: Path) -> None:
    command = "python -m generation.dialogues --rows passages"
    card = body_of(make(tmp_path / "out", [dialogue(1)], [], "rows: data/passages\n", command=command))
    assert "1. 3 passages (`data/passages`) were taken as they are, counted" in card
    assert "python -m generation.dialogues --config recipe.yaml" in card


def test_the_words_of_the_prompts_stand_in_the_card(tmp_path: Path) -> None:
    said = "---\na: b\n---\nTell it </details> ``` again:\n{{ text }}\n"
    card = body_of(a_folder(tmp_path / "out", prompts={"debate@0123abcd": said}))
    assert "The words of debate@0123abcd</summary>" in card
    [block] = [token.content for token in MarkdownIt().parse(card) if token.info == "markdown"]
    assert block == said


def test_what_a_person_wrote_stays_and_the_first_line_too(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "out", rehearsal=True)
    card = folder / "README.md"
    text = (
        card.read_text("utf-8")
        .replace("## Load it\n", "## Load it\n\nNot on *my* disk.\n")
        .replace("tags:\n", "tags:\n- mine\n")
    )
    card.write_text(text.replace("These rows come", "Hello!\n\nThese rows come") + "\n## Thanks\n\nTo Ann.\n", "utf-8")
    write_card(folder)
    body = body_of(folder)
    assert body.split("\n")[0].startswith("These rows come from a rehearsal") and "\n\nHello!\n\n" in body
    assert "## Load it\n\nNot on *my* disk.\n\n```python" in body and "\n\n## Thanks\n\nTo Ann.\n\n<!--" in body
    assert "mine" in DatasetCard.load(card).data.to_dict()["tags"]
    again = a_folder(tmp_path / "out")  # the same command, with other rows
    assert "To Ann." in body_of(again) and "rehearsal" not in body_of(again)


def test_a_folder_with_a_config_fewer_or_a_file_too_many_is_not_told_of(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "out")
    [file] = (folder / "data/debate").iterdir()
    more = file.with_name("train-00001-of-00002.parquet")
    more.write_bytes(file.read_bytes())
    with pytest.raises(
        CheckFailed, match=r"data/debate/train-.* does not fit the files of default \(.*: one is too many"
    ):
        write_card(folder)
    more.unlink()
    (file.with_name("notes.txt")).write_text("mine")
    (folder / "more.csv").write_text("mine")
    write_card(folder)  # `load_dataset` does not read them, either
    file.unlink()
    with pytest.raises(UserError, match="declares debate, but has no file of it"):
        write_card(folder)


def test_the_first_line_says_when_rows_are_a_rehearsals(tmp_path: Path) -> None:
    said = "These rows come from a rehearsal: a scripted teacher, not a language model."
    card = body_of(a_folder(tmp_path / "out", rehearsal=True))
    assert card.split("\n")[0] == said
    assert "by a language model" not in card
    assert "rehearsal" in DatasetCard.load(tmp_path / "out" / "README.md").data.to_dict()["tags"]
    assert said not in body_of(a_folder(tmp_path / "real"))


def test_rows_of_a_rehearsal_say_so_in_folders_of_any_kind(tmp_path: Path) -> None:
    with finished(tmp_path / "out", {"default": Features({"id": TEXT, "model": TEXT})}, [], "decontaminate") as folder:
        folder.write("default", [{"id": "a", "model": "mathloom/rehearsal/generator"}])
        folder.put("run.json", json.dumps({"mathloom": "0.1", "kind": "decontaminate"}))
        folder.close()
        write_card(folder.path)
    assert body_of(tmp_path / "out").startswith("These rows come from a rehearsal")
    assert "\n1 row, made by mathloom." in body_of(tmp_path / "out")


def test_a_folder_of_one_row_reads_as_one(tmp_path: Path) -> None:
    counts = {"documents": {"in": 1, "passages": 1, "rejected": {}}, "styles": {"debate": {"asked": 1, "kept": 1}}}
    card = body_of(make(tmp_path / "out", [dialogue(1)], [], counts=counts))
    assert "1 dialogue (11 tokens) in 1 style, each made" in card
    assert (
        "Every dialogue that was asked for was kept." in card
        and "1. 1 document (`sample`) was cut into 1 passage of" in card
    )


def test_a_style_without_a_kept_row_is_listed_with_0(tmp_path: Path) -> None:
    card = body_of(make(tmp_path / "out", [dialogue(1)], [dialogue(2, "interview", reason="loop")]))
    assert ["`interview`", "0", "–", "one style; without a row, so not declared"] in rows_of(card, "config")
    assert ["`interview`", "`partial`", "1", "0", "1", "0%", "0"] in rows_of(card, "style")


@pytest.mark.parametrize("rejected", [[], [dialogue(1, reason="loop")], [{"id": "d", "reason": "bad_row"}]])
def test_a_folder_without_a_kept_row_has_a_card(tmp_path: Path, rejected: list[dict[str, Any]]) -> None:
    folder = make(tmp_path / "out", [], rejected)
    card = body_of(folder)
    assert "**No dialogue was kept.**" in card and "one_style" not in card
    assert DatasetCard.load(folder / "README.md").data.to_dict()["size_categories"] == ["n<1K"]


HOSTILE = [
    "```\n# not a heading\n<script>alert(1)</script>",
    "a\r```\r\n## not a heading",
    "~~~\n````` \n---\nconfigs: []\n---\n# not a heading",
    "| a | b |\n<!-- not a comment",
    "\x00\u202e\ud800 {{ 7*7 }} {% raise %} [x](javascript:alert(1)) ![y](http://z)",
    "\u2028---\u2028\n\n\n\n    indented\n\n\n</details>",
    "`" * 40,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_rows_and_recipes_does_nothing_in_the_card(tmp_path: Path, text: str) -> None:
    plain = make(tmp_path / "plain", [dialogue(1)], [])
    rows = [dialogue(1, text=text, passage=text, id=text, model=text, prompt=f"{text}@{text}", gap=text)]
    folder = make(tmp_path / "out", rows, [], yaml.safe_dump({"rows": text, "license": text, "passage_tokens": text}))
    assert shape(body_of(folder)) == shape(body_of(plain))
    card = DatasetCard.load(folder / "README.md").data.to_dict()
    assert [config["config_name"] for config in card["configs"]] == ["default", "debate"]
    assert re.fullmatch(r"[a-z0-9.+-]+", card["license_name"])
    assert load_dataset(str(folder), cache_dir=str(tmp_path / "cache"), split="train").num_rows == 1


def test_the_names_of_what_was_compared_do_nothing_in_the_card() -> None:
    def made(name: str) -> str:
        return overlap({"layers": [name], "runs": {name: 1}, "benchmarks": {name: {"items": 1}}})

    assert shape(made("<script>alert(7)</script>")) == shape(made("plain")) and "alert" in made("<b>alert</b>")


def shape(card: str) -> list[tuple[str, str]]:
    """What a Markdown reader sees in a card: its blocks and spans, without their words."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(card)
    return [
        (token.type, token.tag)
        for outer in tokens
        for token in [outer, *(outer.children or [])]
        if token.type not in ("text", "code_inline", "softbreak", "hardbreak", "inline")
        and not (token.type.startswith(("paragraph", "list_item", "bullet")))
    ]


def test_the_row_that_is_shown_is_one_that_can_be_shown_whole_if_there_is_one(tmp_path: Path) -> None:
    long, turns = (
        "x" * 3000,
        [{"speaker": "Ann", "text": "Is $x_1 < 2$ *so*?"}, {"speaker": "Ben", "text": "1. Yes.\n2. $$x$$"}],
    )
    rows = [dialogue(1, text=long, turns=[{"speaker": "Ann", "text": long}]), dialogue(2, turns=turns)]
    card = body_of(make(tmp_path / "out", rows, []))
    assert "`d/2/debate`. Its passage:\n\n> The sum is \\\\(x ^ 2\\\\).\n\nThe dialogue:\n\n" in card
    assert "> **Ann:** Is \\\\(x _ 1 < 2\\\\) \\*so\\*?\n>\n> **Ben:** 1. Yes.\\\n> 2\\. $$x$$\n" in card


def test_a_row_that_cannot_be_shown_whole_ends_between_words_and_says_so(tmp_path: Path) -> None:
    turns = [
        {"speaker": "Ann", "text": "word " * 300},
        {"speaker": "Ben", "text": "end " * 300},
        {"speaker": "Ann", "text": "No."},
    ]
    card = body_of(make(tmp_path / "out", [dialogue(1, text="y" * 3000, turns=turns)], []))
    assert "The dialogue (the first 2 of 3 turns, the last not whole):" in card
    assert (
        re.search(r"^> \*\*Ben:\*\* (end )+end$", card, re.MULTILINE)
        and "No." not in card.split("The dialogue")[1].split("##")[0]
    )


@pytest.mark.parametrize(
    ("recipe", "front", "said"),
    [
        ("license: ODC-By\n", {"license": "odc-by"}, "`ODC-By`"),
        ("license: My Terms, 2\n", {"license": "other", "license_name": "my-terms-2"}, "`My Terms, 2`"),
        ("license: null\n", {"license": "unknown"}, "not stated"),
        (None, {"license": "unknown"}, "not stated"),
    ],
)
def test_the_licence_is_the_recipes_or_not_stated(tmp_path: Path, recipe: str | None, front: Any, said: str) -> None:
    folder = make(tmp_path / "out", [dialogue(1)], [], recipe)
    card = DatasetCard.load(folder / "README.md").data.to_dict()
    assert {key: card[key] for key in card if key.startswith("license")} == front
    assert rows_of(body_of(folder), "what")[0] == ["these rows", said]


def test_the_licences_of_sources_and_models_are_those_that_the_recipe_states(tmp_path: Path) -> None:
    recipe = "rows: me/docs@v1\nsource_license: odc-by\ngenerator: {model: maker/model, license: mit}\n"
    folder = make(tmp_path / "out", [dialogue(1)], [], recipe)
    place = "what they were made from [me/docs](https://huggingface.co/datasets/me/docs)"
    assert rows_of(body_of(folder), "what")[1:] == [[place, "`odc-by`"], ["`maker/model`", "`mit`"]]
    assert DatasetCard.load(folder / "README.md").data.to_dict()["source_datasets"] == ["me/docs"]
    other = make(tmp_path / "other", [dialogue(1)], [], recipe.replace("maker/model", "another/one"))
    assert rows_of(body_of(other), "what")[2] == ["`maker/model`", "not stated"]  # the recipe speaks of another model


def test_the_languages_are_those_of_the_rows(tmp_path: Path) -> None:
    german = "Anna: Der Satz gilt in jedem rechtwinkligen Dreieck.\n\nBen: Warum gilt er, und wie beweist man ihn?"
    folder = make(tmp_path / "out", [dialogue(1, text=german), dialogue(2)], [])
    assert DatasetCard.load(folder / "README.md").data.to_dict()["language"] == ["de", "en"]
    for others, spoken in ((7, ["de", "en"]), (11, ["en"])):  # an eighth is said, a twelfth is the detector's mistake
        more = make(tmp_path / str(others), [dialogue(0, text=german), *map(dialogue, range(1, others + 1))], [])
        assert DatasetCard.load(more / "README.md").data.to_dict()["language"] == spoken
    assert "of the 2 rows that were looked at, a detector of languages takes 1 for `de`, 1 for `en`." in body_of(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"counts": {"styles": {"debate": {"asked": 3, "kept": 3, "rejected": {}}}}},
        {"counts": {"styles": {"debate": {"asked": 9, "kept": 2, "rejected": {"loop": 1}}}}},
        {"counts": {"styles": {"debate": {"asked": 2, "kept": 2}, "interview": {"asked": 1, "kept": 1}}}},
    ],
)
def test_counts_that_are_not_the_rows_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(CheckFailed, match=r"run\.json counts"):
        a_folder(tmp_path / "out", **change)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["passages", "documents", "problems", "solutions", "something new", "<b>"])
def test_a_kind_without_a_card_of_its_own_has_a_short_one(tmp_path: Path, kind: str) -> None:
    features = Features({"id": TEXT, "tokens": Value("int64")})
    with finished(tmp_path / "out", {"default": features}, [], kind) as folder:
        folder.write("default", [{"id": "a", "tokens": 3}, {"id": "b", "tokens": 4}])
        folder.put("run.json", json.dumps({"mathloom": "0.1", "kind": kind, "counts": {"in": 2, "rejected": {"x": 1}}}))
        folder.close()
        write_card(folder.path)
    card = body_of(tmp_path / "out")
    assert "2 rows, made by mathloom." in card
    assert rows_of(card, "what") == [["in", "2"], ["rejected, x", "1"]]
    assert load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"), split="train").num_rows == 2
    front = DatasetCard.load(tmp_path / "out" / "README.md").data.to_dict()
    assert "synthetic" not in front["tags"]


@pytest.mark.parametrize("kind", ["mind", "passages", "vocabulary"])
def test_a_run_json_that_says_little_is_enough(tmp_path: Path, kind: str) -> None:
    with finished(tmp_path / "out", {"a": ROW, "b": REJECTED}, [], kind) as folder:
        folder.write("a", [dialogue(1)])
        folder.put("run.json", json.dumps({"mathloom": "0.1", "kind": kind}))
        folder.close()
        write_card(folder.path)
    assert body_of(tmp_path / "out").startswith("# ")


def test_what_is_no_finished_folder_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no folder"):
        write_card(tmp_path / "nothing")
    with pytest.raises(UserError, match=r"run\.json cannot be read"):
        write_card(tmp_path)
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(UserError, match="names no version"):
        write_card(tmp_path)
    (tmp_path / "run.json").write_text('{"mathloom": "1"}')
    with pytest.raises(UserError, match=r"README\.md cannot be read"):
        write_card(tmp_path)
    (tmp_path / "run.json").write_text("[" * 100_000)
    with pytest.raises(UserError, match=r"run\.json cannot be read"):
        write_card(tmp_path)


# each anchor holds the one before ten times: a billion values, written out
ENDLESS = "\n".join(["a0: &a0 [0]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10))])
RECIPES = [
    ENDLESS.encode(), b"a: [", b"license: 2024-13-45", b"a: !!python/object/apply:os.system [touch here]", b"license: \xff", b"a: " + b"[" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_that_is_none_is_one_sentence(tmp_path: Path, recipe: bytes) -> None:
    folder = a_folder(tmp_path / "out")
    (folder / "recipe.yaml").write_bytes(recipe)
    with pytest.raises(UserError, match=r"recipe\.yaml is not (YAML|UTF-8 text)"):
        write_card(folder)


def test_front_matter_whose_aliases_never_end_ends_no_card(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "out")
    card = (folder / "README.md").read_text()
    (folder / "README.md").write_text(card.replace("---\n", f"---\n{ENDLESS}\n", 1))
    with pytest.raises(UserError, match=r"README\.md cannot be read"):
        write_card(folder)


def test_nothing_is_written_through_a_link_that_came_with_the_folder(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "out")
    (tmp_path / "mine").write_text("precious")
    for name in (".README.unfinished.md", ".card-way.png.unfinished.png", "card-way.png"):
        (folder / name).symlink_to(tmp_path / "mine")
    main([str(folder)])
    assert (tmp_path / "mine").read_text() == "precious" and not [*folder.glob(".*")]
    assert not any(path.is_symlink() for path in folder.iterdir())


def test_a_card_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "out")
    before = sorted((path, path.read_bytes()) for path in folder.iterdir() if path.is_file())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(WorldError, match="cannot be written"):
            write_card(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert sorted((path, path.read_bytes()) for path in folder.iterdir() if path.is_file()) == before


@pytest.mark.parametrize(
    ("rows", "word"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10_000, "10K<n<100K"), (10**6, "1M<n<10M"), (10**13, "n>1T")],
)
def test_the_hubs_words_for_sizes(rows: int, word: str) -> None:
    assert size_category(rows) == word
