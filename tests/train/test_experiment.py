"""Experiments: the runs that follow from a recipe, steps that are done once, and what stands in the table."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from builders.errors import CheckFailed, UserError
from builders.folder import finished
from builders.recipe import load, read_recipe
from train.evaluate import FEATURES
from train.experiment import main
from train.experiment_plan import FOLDER, Experiment, Run, plan
from train.experiment_results import guessed, mean, of_task, table
from train.experiment_steps import Step, alone, done, mixing, perform, preparing, training

RECIPES = sorted(path.stem for path in FOLDER.glob("experiment-*.yaml"))
TASK = {"name": "sums", "rows": "x"}


def experiment(tmp_path: Path, **more: Any) -> Experiment:
    said = {"arms": {"a": {}, "b": {}}, "tasks": [TASK], "output": str(tmp_path / "out"), **more}
    return load(Experiment, said, "R")


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_an_experiment_whose_arms_differ_in_what_they_say(name: str, tmp_path: Path) -> None:
    recipe = load(Experiment, read_recipe(name, FOLDER), name)
    recipe.check()
    sweep, finals = plan(recipe)
    runs = [*sweep, *finals(dict.fromkeys(recipe.arms, 1.0) if sweep else None)]
    assert len({run.name for run in runs}) == len(runs)
    assert recipe.title and recipe.about and recipe.hardware
    steps = [*preparing(recipe), *(mixing(recipe, arm, said) for arm, said in recipe.arms.items() if not said.model)]
    assert all(step.typed for step in [*steps, *(training(recipe, run) for run in runs)])


@pytest.mark.parametrize("name", [name for name in RECIPES if "tiny" in name])
def test_tiny_arms_have_the_same_tokens_steps_seeds_and_rates(name: str) -> None:
    recipe = load(Experiment, read_recipe(name, FOLDER), name)
    sweep, finals = plan(recipe)
    for run in finals(dict.fromkeys(recipe.arms, 1.0) if sweep else None):
        assert not recipe.arms[run.arm].train and set(recipe.arms[run.arm].mix) == {"parts"}
        said = training(recipe, run).said or {}
        assert 0.98 <= said["max_steps"] * said["fill"] / recipe.mix["tokens"] <= 1  # each row is seen, and once
    each = {arm: [run.rate for run in sweep if run.arm == arm] for arm in recipe.arms}
    assert all(rates == (recipe.rates if recipe.chooses else []) for rates in each.values())
    configs = lambda tasks: {task["config"] for task in tasks}  # noqa: E731
    for arm in recipe.arms.values():
        assert not configs(arm.choose or recipe.choose) & configs(arm.tasks or recipe.tasks)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"arms": {"a": {}}}, "two arms"),
        ({"control": "c"}, "control is c"),
        ({"seeds": [1, 1]}, "each once"),
        ({"tasks": []}, "asked nothing"),
        ({"rates": [1e-3, 2e-3]}, "by what items"),
        ({"rates": [1e-3, 2e-3], "choose": [TASK]}, "items that count"),
        ({"rates": [1e-3, 2e-3], "choose": [TASK], "sweep_seed": 1}, "must not count"),
        ({"arms": {"a": {}, "b": {"model": "m", "train": {"x": 1}}}}, "no mix and no training"),
        ({"output": ""}, "no --output"),
    ],
)
def test_what_would_be_no_experiment_is_refused(more: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=said):
        experiment(tmp_path, **more).check()


def test_a_run_has_the_recipe_of_all_arms_and_what_its_own_says(tmp_path: Path) -> None:
    arms = {"a": {}, "b": {"train": {"max_steps": 7, "recipe": "pretrain-tiny"}}}
    recipe = experiment(tmp_path, arms=arms, train={"recipe": "pretrain-from-scratch", "max_steps": 5}, rates=[0.5])
    one, other = (training(recipe, Run(arm, 3, 0.5)).said or {} for arm in ("a", "b"))
    assert (one["max_steps"], one["seed"], one["learning_rate"], one["adam_beta2"]) == (5, 3, 0.5, 0.98)
    assert one["dataset_name"].endswith("mixes/a") and one["output_dir"].endswith("runs/a-seed3-lr0.5")
    assert other["max_steps"] == 7 and "adam_beta2" not in other


def writer(place: Path, said: str = "x", seconds: float = 0) -> str:
    return f"python -c \"import time, pathlib; time.sleep({seconds}); open(r'{place}', 'a').write('{said}')\""


def test_a_step_is_done_once_and_its_recipe_stands_beside_it(tmp_path: Path) -> None:
    step = Step(writer(tmp_path / "left"), (tmp_path / "left",), tmp_path / "recipes" / "r.yaml", {"a": 1})
    for _ in range(2):
        with alone(tmp_path) as lock:
            perform([step], tmp_path, 1, lock)
    assert (tmp_path / "left").read_text() == "x" and yaml.safe_load((tmp_path / "recipes" / "r.yaml").read_text()) == {
        "a": 1
    }
    with pytest.raises(UserError, match="another recipe"):
        done(Step(step.typed, step.leaves, step.config, {"a": 2}))


def test_rows_that_another_command_made_are_not_taken_for_those_of_this(tmp_path: Path) -> None:
    def made(flag: str) -> list[Step]:
        typed = f"{writer(tmp_path / 'rows' / 'run.json')} {flag} --output {tmp_path / 'rows'}"
        return preparing(experiment(tmp_path, make=[typed]))

    (tmp_path / "rows").mkdir()
    with alone(tmp_path) as lock:
        for _ in range(2):
            perform(made("--seed 1"), tmp_path, 1, lock)
    with pytest.raises(UserError, match="another recipe than make-rows"):
        done(made("--seed 2")[0])
    (tmp_path / "out" / "recipes" / "make-rows.yaml").unlink()
    assert done(made("--seed 2")[0]), "a folder that no experiment has made is taken as it is"


def test_a_step_that_fails_ends_the_experiment_and_says_why(tmp_path: Path) -> None:
    bad = Step("python -c \"import sys; print('no such weights'); sys.exit(9)\"", (tmp_path / "a",))
    after = Step(writer(tmp_path / "b"), (tmp_path / "b",))
    with pytest.raises(CheckFailed, match="exit code 9(.|\n)*no such weights"):
        with alone(tmp_path) as lock:
            perform([bad, after], tmp_path, 1, lock)
    assert not (tmp_path / "b").exists()


def test_an_interrupted_experiment_begins_nothing_more(tmp_path: Path) -> None:
    steps = [Step(writer(tmp_path / name, seconds=0.5), (tmp_path / name,)) for name in "abc"]

    def interrupt() -> None:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)

    with alone(tmp_path) as lock, pytest.raises(KeyboardInterrupt):
        threading.Thread(target=interrupt).start()
        perform(steps, tmp_path, 1, lock)
    assert (tmp_path / "a").exists() and not (tmp_path / "b").exists()


def test_a_command_that_outlives_its_experiment_keeps_the_folder(tmp_path: Path) -> None:
    with alone(tmp_path) as lock:
        left = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock])
    with pytest.raises(UserError, match="at work in"), alone(tmp_path):
        pass
    left.communicate(b"\n")
    with alone(tmp_path):
        pass


def test_an_interval_draws_seeds_and_items() -> None:
    draw = np.random.default_rng(0)
    same, apart = np.tile(draw.integers(0, 2, 300), (3, 1)), np.repeat([[0.1], [0.5], [0.9]], 300, axis=1)
    assert mean(apart)["high"] - mean(apart)["low"] > 0.4  # seeds differ, items do not
    assert 0.05 < mean(same)["high"] - mean(same)["low"] < 0.2
    found = of_task(same + 0.25, same.astype(float))
    assert found["over_control"]["low"] == found["over_control"]["high"] == 0.25
    assert of_task(same + 0.25, same[:1].astype(float))["over_control"]["value"] == 0.25
    lucky = of_task(apart + 0.05, apart)["over_control"]  # each seed alone is a little better, and seeds differ by more
    assert lucky["low"] < -0.3 and lucky["high"] > 0.4
    assert (mean(np.ones((3, 400)))["low"], mean(np.zeros((3, 400)))["high"]) == (0.9905, 0.0095)


def test_a_guess_scores_what_the_most_frequent_answer_does(tmp_path: Path) -> None:
    with finished(tmp_path / "scores", {"items": FEATURES}, [], "evaluation") as folder:
        rows = [("sums", "3"), ("sums", "4"), ("sums", "3"), ("mmlu", None), ("signs", "-1")]
        folder.write("items", [dict.fromkeys(FEATURES) | {"task": task, "answer": said} for task, said in rows])
        folder.put("run.json", "{}")
    assert guessed(tmp_path / "scores") == {"sums": 0.6667, "signs": 1.0}


def test_the_table_shows_every_rate_that_was_tried(tmp_path: Path) -> None:
    run = {"steps": 1600, "tokens": 511818}
    number = {"value": 0.5, "low": 0.4, "high": 0.6, "of": 3}
    arm = {"note": "", "rate": 2e-3, "runs": [run], "tasks": {"sums": {"seeds": [0.5], "mean": number}}}
    said = {"control": "a", "arms": {"a": arm}, "guess": {"sums": 0.07}, "tried": {"a": {"0.001": 0.25, "0.002": 0.4}}}
    lines = table(experiment(tmp_path, rates=[1e-3, 2e-3], seeds=[1]), said, ["sums"])
    assert "| a | 1,600 | 511,818 | 0.002 | 0.500 [0.40, 0.60] | 0.500 | - |" in lines
    assert "| a | 0.250 | 0.400 |" in lines and any("one seed" in line for line in lines)
    assert any("0.070 (sums)" in line for line in lines)


TINY = {
    "title": "Smoke", "about": "It runs.",
    "mix": {"tokens": 1500, "evaluation": ["none"], "allow_rehearsal": True},
    "train": {"recipe": "pretrain-from-scratch", "max_steps": 3, "logging_steps": 1},
    "evaluate": {"batch": 16, "dtype": "float32"}, "rates": [1e-3], "seeds": [1], "threads": 1,
}  # fmt: skip


def test_a_killed_experiment_goes_on_and_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    rows, output = tmp_path / "stories", tmp_path / "out"
    said = {
        **TINY,
        "make": [f"python -m generation.miniature --problems 100 --items 5 --output {rows}"],
        "output": str(output),
    }
    said["mix"] = {**said["mix"], "tokenizer": str(rows / "tokenizer.json")}
    said["train"] = {**said["train"], "tokenizer": str(rows / "tokenizer.json")}
    said["arms"] = {
        arm: {
            "mix": {"parts": [{"rows": str(rows), "view": view}]},
            "tasks": [{"name": "stories", "rows": str(rows), "config": f"test_{view}", "prompt": "{problem}", "max_tokens": 8}],
        }
        for arm, view in (("raw", "statement"), ("told", "dialogue"))
    }  # fmt: skip
    (tmp_path / "r.yaml").write_text(yaml.safe_dump(said))
    words = [sys.executable, "-m", "train.experiment", "--config", str(tmp_path / "r.yaml")]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    first = output / "runs" / "raw-seed1-lr0.001" / "run.json"
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    while not first.is_file() and process.poll() is None:
        time.sleep(0.2)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = first.stat().st_mtime_ns
    again = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=400)
    assert again.returncode == 0, again.stderr[-2000:]
    assert first.stat().st_mtime_ns == before and "1 of 2 steps are done already" in again.stdout
    assert "leave out" in (output / "table.md").read_text() and (output / "plot.png").stat().st_size > 5000
    results = json.loads((output / "results.json").read_text())["arms"]
    assert [run["steps"] for arm in results.values() for run in arm["runs"]] == [3, 3]
    commands = (output / "commands.sh").read_text().splitlines()
    assert len(commands) == 1 + 2 + 2 + 2 and all(line.startswith("python -m ") for line in commands)


@pytest.mark.parametrize("place", ["out", "home"])
def test_nothing_is_written_through_links_in_the_folders_of_an_experiment(tmp_path: Path, place: str) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / place / "recipes").mkdir(parents=True)
    (tmp_path / place / "recipes" / "make-mk.yaml").symlink_to(tmp_path / "mine.txt")
    said = {
        "arms": {"a": {"model": "m"}, "b": {"model": "m", "note": "b"}},
        "tasks": [TASK],
        "make": ["true --output mk"],
    }
    folders = {"output": str(tmp_path / "out"), "runs": str(tmp_path / "home")}
    (tmp_path / "e.yaml").write_text(yaml.safe_dump({**said, **folders}))
    with pytest.raises(UserError, match="make-mk.yaml is a link"):
        main(["--config", str(tmp_path / "e.yaml")])
    assert (tmp_path / "mine.txt").read_text() == "mine"
