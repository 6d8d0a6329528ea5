"""A tokenizer of three hundred words and the recipe of a model as small: what a test can train in a second."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from tests.train.folders import problem

MODEL = {
    "model_type": "llama", "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
    "max_position_embeddings": 256,
}  # fmt: skip
RECIPE = {
    "from_scratch": MODEL, "max_length": 64, "max_steps": 4, "per_device_train_batch_size": 2, "learning_rate": 1e-2,
    "logging_steps": 1, "save_steps": 2, "activation_checkpointing": False, "disable_tqdm": True,
}  # fmt: skip
PYTHON = [sys.executable, "-m"]
ACCELERATE = [sys.executable, "-m", "accelerate.commands.launch", "-m"]
SEVERAL = [*ACCELERATE[:-1], "--multi_gpu", "--num_processes", "2", "-m"]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2", "-m"]


@cache
def trained() -> str:
    """A tokenizer.json, as text."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    made.train_from_iterator((problem(number)["text"] for number in range(50)), trainer)
    return str(made.to_str())


def tokenizer(folder: Path) -> Path:
    """The tokenizer as a file."""
    path = folder / "tokenizer.json"
    path.write_text(trained())
    return path


def recipe(folder: Path, dataset: Path, **more: Any) -> list[str]:
    """The flags of a run whose recipe, tokenizer and output are in `folder`."""
    path = folder / "recipe.yaml"
    said = {
        **RECIPE,
        "dataset_name": str(dataset),
        "tokenizer": str(tokenizer(folder)),
        "output_dir": str(folder / "model"),
    }
    path.write_text(yaml.safe_dump(said | more))
    return ["--config", str(path)]


def environment(**more: str) -> dict[str, str]:
    """The environment of a run: one thread, no network."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", **more}


def run(launcher: list[str], module: str, flags: list[str], code: int = 0, **more: str) -> str:
    """Runs a command to its end; all that it printed."""
    made = subprocess.run(
        [*launcher, f"train.{module}", *flags],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment(**more),
    )
    assert made.returncode == code, made.stdout[-3000:] + made.stderr[-3000:]
    return made.stdout + made.stderr


def losses(output: Path) -> list[tuple[int, float]]:
    """The logged losses of a run, by step."""
    history = json.loads((output / "trainer_state.json").read_text())["log_history"]
    return [(each["step"], each["loss"]) for each in history if "loss" in each]
