"""Training as people run it: launchers, kills, several processes, LoRA, what stands on the disk and on the Hub."""

import json
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

pytest.importorskip("torch")

from accelerate.commands.config.config_args import load_config_from_file
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast

from builders.errors import UserError
from tests.train.folders import gsdp, mind
from tests.train.hub import Taking
from tests.train.small import ACCELERATE, MODEL, PYTHON, SEVERAL, TORCHRUN, environment, losses, recipe, run, tokenizer
from train import pretrain, sft
from train.checkpoints import begun
from train.models import named
from train.recipe import FOLDER, parse, spelled


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folders")
    mind(folder / "mind")
    gsdp(folder / "gsdp")
    gsdp(folder / "rehearsed", model="mathloom/rehearsal/solver")
    return folder


def test_fine_tuning_leaves_a_model_that_loads_and_a_card(
    folders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = recipe(tmp_path, folders / "rehearsed", allow_rehearsal=True)
    said = run(ACCELERATE, "sft", flags)
    assert "1 process on cpu: 2 of 40 sequences a step" in said and "40 of 40 rows" in said
    model, tokenizer = (each.from_pretrained(tmp_path / "model") for each in (AutoModelForCausalLM, AutoTokenizer))
    assert tokenizer.decode(model.generate(**tokenizer("Problem:\n", return_tensors="pt"), max_new_tokens=2)[0])
    assert "Solution:" in tokenizer.apply_chat_template(
        [{"role": "user", "content": "?"}], tokenize=False, add_generation_prompt=True
    )
    card = (tmp_path / "model" / "README.md").read_text()
    assert "rehearsal made up" in card and "40 of 40; left out: none" in card
    facts = json.loads((tmp_path / "model" / "run.json").read_text())
    assert facts["kind"] == "sft" and facts["steps"] == 4 and facts["rows"]["kept"] == 40
    assert [step for step, _ in losses(tmp_path / "model")] == [1, 2, 3, 4]
    sft.main(flags)
    assert "nothing is done again" in capsys.readouterr().out
    with pytest.raises(UserError, match=r"another recipe \(learning_rate 0.01, here 0.02\)"):
        sft.main([*flags, "--learning_rate", "0.02"])


def test_a_run_that_was_killed_goes_on_at_the_same_loss(folders: Path, tmp_path: Path) -> None:
    # 3 and 7 have no factor in common: a mean over steps that went on would differ from one over all of them
    flags = recipe(tmp_path, folders / "mind", max_steps=42, save_steps=7, logging_steps=3, max_length=48)
    output = tmp_path / "model"
    whole, killed = [*flags, "--output_dir", str(tmp_path / "whole")], [*ACCELERATE, "train.pretrain", *flags]
    pretrain.main(whole)
    process = subprocess.Popen(
        killed, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while (
        not list(output.glob("checkpoint-*/trainer_state.json"))
        and process.poll() is None
        and time.monotonic() < deadline
    ):
        time.sleep(0.01)
    subprocess.run(["kill", "-9", "--", f"-{process.pid}"], check=True)
    assert process.wait() == -signal.SIGKILL
    assert not (output / "run.json").exists()
    last = max(output.glob("checkpoint-*"), key=lambda path: int(path.name.partition("-")[2]))
    (output / "checkpoint-999").mkdir()  # as a kill in the midst of writing leaves one
    said = run(ACCELERATE, "pretrain", flags)
    assert "going on from" in said and "checkpoint-999" not in said.partition("going on from")[2].partition("\n")[0]
    one, other = losses(tmp_path / "whole"), losses(output)
    assert [step for step, _ in one] == [step for step, _ in other] and len(one) > 20
    assert max(abs(a[1] - b[1]) for a, b in zip(one, other, strict=True)) < 1e-3, last
    facts = [json.loads((folder / "run.json").read_text()) for folder in (tmp_path / "whole", output)]
    assert facts[0]["tokens"] == facts[1]["tokens"] > 42 * 48


def test_sequences_that_are_filled_have_as_many_tokens_as_they_should(tmp_path: Path) -> None:
    pretrain.main(recipe(tmp_path, gsdp(tmp_path / "rows", problems=300), max_length=100, fill=100, max_steps=30))
    facts = json.loads((tmp_path / "model" / "run.json").read_text())
    assert facts["rows"]["kept"] == 300 and facts["tokens"] == pytest.approx(30 * 2 * 100, rel=0.03)
    assert "sequences of whole documents, 100 tokens on average" in (tmp_path / "model" / "README.md").read_text()


def test_two_processes_are_one_run(folders: Path, tmp_path: Path) -> None:
    flags = recipe(tmp_path, folders / "gsdp", per_device_train_batch_size=1)
    said = run(TORCHRUN, "sft", flags)
    assert said.count("2 processes on cpu: 2 of 40 sequences a step") == 1
    assert json.loads((tmp_path / "model" / "run.json").read_text())["processes"] == 2
    sft.main([*flags, "--per_device_train_batch_size", "2", "--output_dir", str(tmp_path / "alone")])
    pairs = zip(losses(tmp_path / "model"), losses(tmp_path / "alone"), strict=True)
    assert max(abs(two[1] - one[1]) for two, one in pairs) < 1e-2
    said = run(
        SEVERAL,
        "pretrain",
        recipe(tmp_path, folders / "mind", output_dir=str(tmp_path / "both")),
        ACCELERATE_USE_CPU="true",
    )
    assert "2 processes on cpu" in said


def test_lora_and_the_hub(folders: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    pretrain.main(recipe(base, folders / "gsdp", max_steps=1))
    flags = recipe(
        tmp_path, folders / "gsdp", from_scratch=None, tokenizer=None, model_name_or_path=str(base / "model"), use_peft=True,
        push_to_hub=True, hub_model_id="me/tuned", lora_target_modules=["q_proj", "v_proj"],
    )  # fmt: skip
    with Taking() as hub:
        said = run(
            PYTHON, "sft", flags, HF_ENDPOINT=hub.url, HF_HUB_OFFLINE="0", HF_TOKEN="hf_x", HF_HUB_DISABLE_XET="1"
        )
    assert 'from_pretrained("me/tuned")' in said
    [(name, files)] = hub.commits
    assert name == "me/tuned" and {"README.md", "adapter_model.safetensors", "recipe.yaml", "run.json"} <= set(files)
    assert not [path for path in files if path.startswith("checkpoint")]
    assert b"library_name: peft" in files["README.md"] and b"hf_x" not in b"".join(files.values())


@pytest.mark.parametrize(
    ("module", "flags", "said"),
    [
        ("sft", ["--dataset_name", "{folders}/rehearsed"], "40 of 40 rows were made by the rehearsal"),
        ("sft", ["--max_length", "3"], "no token to learn from within max_length 3"),
        ("sft", ["--packing", "true", "--packing_strategy", "wrapped"], "cuts rows"),
        ("sft", ["--model_name_or_path", "some/model"], "one of them, not both"),
        ("sft", ["--dataset_name", "{folders}/nowhere"], "there is no file or folder"),
        ("sft", ["--config", "gsdp-9b"], "our own recipes are .*gsdp-7b"),
        ("pretrain", ["--packing_strategy", "wrapped"], "documents see each other"),
        ("pretrain", ["--from_scratch", '{"model_type": "lama"}'], "from_scratch is no configuration"),
        ("pretrain", ["--fill", "32"], "max_length is 64 and fill 32"),
        ("pretrain", ["--eval_strategy", "steps", "--eval_steps", "1"], "train.evaluate measures"),
        ("sft", ["--attn_implementation", "flash_attention_2"], "the model cannot be trained so: .*[Ff]lash"),
        ("sft", ["--tokenizer", "nowhere/tokenizer.json"], "there is no tokenizer file"),
        ("pretrain", ["--learning_rat", "1"], "TRL does not take this recipe"),
    ],
)
def test_what_no_run_could_mean_is_said(
    folders: Path, tmp_path: Path, module: str, flags: list[str], said: str
) -> None:
    given = [] if flags[0] == "--config" else recipe(tmp_path, folders / "gsdp")
    command = {"sft": sft, "pretrain": pretrain}[module]
    with pytest.raises(UserError, match=said):
        command.main([*given, *(flag.replace("{folders}", str(folders)) for flag in flags)])
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"learning_rate": [1]}, r"learning_rate holds \[1\]; it must be a single value"),
        ({"dataset_name": ["a"]}, "dataset_name holds .* a single value"),
        ({"max_length": 0}, "max_length is 0; it must be 1 or more"),
        ({"limit": 0}, "limit is 0; it must be 1 or more"),
        ({"per_device_train_batch_size": 0}, "per_device_train_batch_size is 0"),
        ({"gradient_accumulation_steps": 0}, "gradient_accumulation_steps is 0"),
        ({"from_scratch": 5}, "from_scratch holds '5'; it must be a mapping"),
        ({"from_scratch": {**MODEL, "hidden_size": "x"}}, "from_scratch is no configuration: .*hidden_size.* expected int"),
        ({"from_scratch": {**MODEL, "num_attention_heads": 3}}, "from_scratch is no configuration: .*not a multiple"),
        ({"dtype": "float7"}, "dtype is float7, which torch does not know"),
        ({"resume_from_checkpoint": "/nowhere"}, "resume_from_checkpoint is /nowhere, which holds no checkpoint"),
    ],
)  # fmt: skip
def test_a_value_of_a_recipe_that_no_run_could_have_is_said(
    folders: Path, tmp_path: Path, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        sft.main(recipe(tmp_path, folders / "gsdp", **more))
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("more", [{"max_steps": 1.5}, {"seed": True}, {"packing": "perhaps"}], ids=str)
def test_a_value_of_another_type_ends_as_a_flag_of_another_type_does(
    tmp_path: Path, more: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        sft.main(recipe(tmp_path, tmp_path, **more))
    assert f"error: argument --{next(iter(more))}" in capsys.readouterr().err.strip().splitlines()[-1]


def test_values_of_a_recipe_come_through_as_they_are() -> None:
    given = {"learning_rate": 2e-5, "max_length": None, "packing": False, "report_to": ["none"], "save_steps": 500}
    said = {**given, "from_scratch": MODEL, "include_num_input_tokens_seen": True}
    assert spelled(said, "R") == {**said, "learning_rate": "2e-05", "save_steps": "500"}


def test_a_run_goes_on_with_as_many_processes_as_it_began_with(tmp_path: Path) -> None:
    """With others its batches would be others; how many publish a model that is finished is all the same."""
    (tmp_path / "recipe.yaml").write_text("seed: 1\nprocesses: 2\n")
    with pytest.raises(UserError, match=r"another recipe \(processes 2, here 1\)"):
        begun(tmp_path, {"seed": 1, "processes": 1})
    (tmp_path / "run.json").write_text("{}")
    assert begun(tmp_path, {"seed": 1, "processes": 1}) == (None, True)


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text("max_length: 5\nlerning_rate: 1\n")
    with pytest.raises(UserError, match="unknown key 'lerning_rate'"):
        parse(["--config", str(tmp_path / "r.yaml")], "train.sft", "", {})


TRAINED = ["sft-tiny", "pretrain-tiny", "gsdp-7b", "gsdp-8b", "gsdp-qwen-7b", "gsdp-llama3-8b", "mind-7b"]


@pytest.mark.parametrize("name", TRAINED)
def test_a_recipe_that_ships_is_one(name: str) -> None:
    made = parse(["--config", name], "train.sft", "", {})
    assert made.data.dataset_name and made.args.output_dir.endswith(name)
    assert made.data.allow_rehearsal is name.endswith("-tiny")
    batch = made.args.per_device_train_batch_size * made.args.gradient_accumulation_steps * 8
    assert name.endswith("-tiny") or batch == (128 if "gsdp" in name and "llama3" not in name else 512)
    assert name.endswith("-tiny") or "# ours" in (FOLDER / f"{name}.yaml").read_text()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("launch-*.yaml")), ids=lambda path: path.stem)
def test_accelerate_reads_what_shards_a_model(path: Path) -> None:
    made = load_config_from_file(str(path))
    assert (
        made.num_processes == 8
        and str(made.distributed_type.value) in yaml.safe_load(path.read_text())["distributed_type"]
    )


def test_code_of_a_tokenizer_is_not_run_and_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    PreTrainedTokenizerFast(tokenizer_file=str(tokenizer(tmp_path))).save_pretrained(tmp_path / "theirs")
    said = json.loads((tmp_path / "theirs" / "tokenizer_config.json").read_text())
    said |= {"auto_map": {"AutoTokenizer": [None, "theirs.Theirs"]}, "tokenizer_class": "Theirs"}
    (tmp_path / "theirs" / "tokenizer_config.json").write_text(json.dumps(said))
    (tmp_path / "theirs" / "theirs.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Theirs: pass\n")
    monkeypatch.setattr("builtins.input", lambda *_: "y")
    with suppress(UserError):
        named(str(tmp_path / "theirs"), None, SimpleNamespace(args=SimpleNamespace(trust_remote_code=False)))
    assert not (tmp_path / "ran").exists()
