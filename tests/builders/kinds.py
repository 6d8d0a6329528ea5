"""Tokenizers of other kinds than ours, trained on the sample: what a Hub id may bring."""

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

import builders

SAMPLE = Path(builders.__file__).parent / "sample" / "documents.jsonl"
KINDS = ("spaces before words", "spaces as signs", "lower case words", "characters taken apart")


@cache
def sample_texts() -> tuple[str, ...]:
    """The texts of the sample's documents that have one."""
    rows = (json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines())
    return tuple(row["text"] for row in rows if isinstance(row.get("text"), str))


@cache
def made(kind: str) -> str:
    """The path of a `tokenizer.json` of this kind, trained once and removed when the tests end."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    path = Path(folder, f"{kind.replace(' ', '-')}.json")
    engine, trainer = _blank(kind)
    engine.train_from_iterator(sample_texts(), trainer)
    engine.save(str(path))
    return str(path)


def _blank(kind: str) -> tuple[Tokenizer, trainers.Trainer]:
    quiet = {"vocab_size": 2000, "show_progress": False}
    if kind == "spaces before words":  # as GPT-2 does, with marks around each text, cut off and filled up
        engine = Tokenizer(models.BPE())
        engine.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        engine.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<s>"], **quiet
        )
        engine.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
        engine.enable_truncation(30)
        engine.enable_padding(length=40)
        return engine, trainer
    if kind == "spaces as signs":  # as Llama 2 does
        engine = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
        engine.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        engine.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
        special = ["<unk>", *(f"<0x{number:02X}>" for number in range(256))]
        return engine, trainers.BpeTrainer(special_tokens=special, max_token_length=16, **quiet)
    if kind == "lower case words":  # as BERT does; a word that it does not know is one token, however long
        engine = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        engine.normalizer = normalizers.BertNormalizer()
        engine.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        return engine, trainers.WordPieceTrainer(special_tokens=["[UNK]"], **quiet)
    engine = Tokenizer(models.Unigram())
    engine.normalizer = normalizers.NFKD()
    engine.pre_tokenizer = pre_tokenizers.Metaspace()
    return engine, trainers.UnigramTrainer(unk_token="<unk>", special_tokens=["<unk>"], **quiet)
