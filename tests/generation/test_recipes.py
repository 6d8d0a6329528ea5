"""Recipes that no run could mean, and the commands that are recorded: real processes, one sentence, exit 2."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from builders.commands import parse
from generation.ledger import Ledger
from generation.measure_recipe import Recipe as Measures
from generation.recipes import Common
from generation.trial import Trial
from tests.generation.test_mind import ENVIRONMENT, run, words
from tests.generation.test_prompt_files import OWN
from tests.scripted import Call, Scripted, reply

ROLES = {
    "{endpoints: [{url: 'http://127.0.0.1:9', concurrency: -1}]}": "concurrency is -1; it must be at least 1",
    "{endpoints: [{url: 'http://127.0.0.1:9', concurrency: 0}]}": "concurrency is 0",
    "{endpoints: [{url: [a]}]}": "url holds ['a']; it must be a text",
    "{price: {input: -1, output: 2}}": "price: input is -1.0; it must be a number of at least 0",
    "{price: {input: 'nan', output: 2}}": "price: input is nan",
    "{price: {gpu_hour: 2, gpus: -3}}": "price: gpus is -3; it must be at least 1",
    "{sampling: {extra: {since: 2024-01-01}}}": "since holds a value of the type date",
    '{model: "a\\ud800"}': "which cannot be written in UTF-8",
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_that_nobody_could_play_is_exit_2(tmp_path: Path, role: str) -> None:
    (tmp_path / "r.yaml").write_text(f"generator: {role}\n")
    with Scripted() as server:
        made = run(*words(tmp_path, server.url, "--config", str(tmp_path / "r.yaml")), code=2)
        assert not server.calls and not (tmp_path / "ledger.sqlite").exists()
    assert ROLES[role] in made.stderr and len(made.stderr.splitlines()) == 1


FLAGS = [
    (["--until", "nosuch"], "until names the step 'nosuch'; this command is one step"),
    (["--limit", "99999999999999999999"], "limit holds a number beyond 64 bits"),
    (["--license", "a\udcff"], "which cannot be written in UTF-8"),
]


@pytest.mark.parametrize(("flags", "sentence"), FLAGS)
def test_a_flag_that_no_run_could_mean_is_exit_2(tmp_path: Path, flags: list[str], sentence: str) -> None:
    made = run(*words(tmp_path, "http://127.0.0.1:9", *flags), code=2)
    assert sentence in made.stderr and len(made.stderr.splitlines()) == 1


def test_a_limit_that_no_input_has_is_all_of_it(tmp_path: Path) -> None:
    flags = ["--rows", "sample", "--limit", str(2**63 - 1), "--output", str(tmp_path / "out")]
    subprocess.run([sys.executable, "-m", "builders.openwebmath", *flags], check=True, env=ENVIRONMENT)


@pytest.mark.parametrize(
    "address", ["http://user:SECRET@127.0.0.1:9", "http://127.0.0.1:9/?token=SECRET", "127.0.0.1?token=SECRET"]
)
def test_a_secret_in_an_address_gets_nowhere(tmp_path: Path, address: str) -> None:
    made = run(*words(tmp_path, address), code=2)
    assert "SECRET" not in made.stderr + made.stdout
    assert all(b"SECRET" not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    "names",
    [
        ["rejected.md"],
        ["replies.md"],
        ["default.md"],
        ["a/x.md", "b/x.md"],
        ["c/debate.md", "debate"],
        ["a/text.md"],
        ["a b.md"],
        ["mine.md", "mine_key.md"],
    ],
)
def test_a_style_whose_name_is_taken_is_exit_2(tmp_path: Path, names: list[str]) -> None:
    styles = [str(tmp_path / name) if name.endswith(".md") else name for name in names]
    for style in styles:
        if style.endswith(".md"):
            Path(style).parent.mkdir(exist_ok=True)
            Path(style).write_text(OWN)
    with Scripted() as server:
        made = run(*words(tmp_path, server.url, "--styles", *styles), code=2)
        assert not server.calls
    assert "cannot have this name" in made.stderr and len(made.stderr.splitlines()) == 1


def test_prices_of_a_recipe_and_names_in_brackets_are_shown_as_they_are(tmp_path: Path) -> None:
    with Scripted(lambda call: reply("no"), model="x[/y] :smile: [red]") as server:
        run(*words(tmp_path, server.url, "--styles", "debate", "--limit", "1"), code=1)
    (tmp_path / "r.yaml").write_text("generator: {price: {input: 1}}\n")
    flags = ["--ledger", str(tmp_path / "ledger.sqlite")]
    assert "x[/y] :smile: [red]" in run("costs", *flags, module="ledger").stdout
    assert (
        "price needs input and output"
        in run("costs", *flags, "--config", str(tmp_path / "r.yaml"), module="ledger", code=2).stderr
    )


def test_the_command_that_is_recorded_can_be_pasted(tmp_path: Path) -> None:
    (tmp_path / "my styles").mkdir()
    style = tmp_path / "my styles" / "mine.md"
    style.write_text(OWN)

    def script(call: Call) -> object:
        return reply("Ann: $x$\n\nBen: yes")

    with Scripted(script) as server:
        flags = words(tmp_path, server.url, "--styles", str(style), "--limit", "1")
        run(*flags, code=1)
        [(command,)] = Ledger(tmp_path / "ledger.sqlite").query("SELECT command FROM runs")
        assert command.startswith("python -m generation.mind --documents sample")
        pasted = command.replace("python", sys.executable, 1)
        assert subprocess.run(pasted, shell=True, capture_output=True, env=ENVIRONMENT).returncode == 1
    with sqlite3.connect(tmp_path / "ledger.sqlite") as db:
        assert db.execute("SELECT count(DISTINCT command), count(*) FROM runs").fetchone() == (1, 2)


@pytest.mark.parametrize("recipe", [Measures, Trial])
def test_a_limit_that_nothing_would_read_is_refused(recipe: type[Common], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse(recipe, ["--limit", "5"], "generation.any", "")
    assert "unrecognized arguments: --limit 5" in capsys.readouterr().err
