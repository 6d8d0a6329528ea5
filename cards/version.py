"""A version as it is to be published: the files of a finished folder that belong to it, each with its digest.

a finished folder + user/name + v1.0 -> Version, or one sentence that says why nobody should publish it
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub.utils._validators import validate_repo_id

from builders.errors import UserError
from builders.screen import say
from cards.facts import Facts, read_facts
from cards.patience import told
from cards.personal import personal
from cards.refused import check_addresses, check_files, check_licence
from cards.repo import Local, local

CARD = "README.md"
# What our commands put beside the rows, but for pages: they hold all rows once more, and the Hub shows none.
BESIDE = (".yaml", ".json", ".png", ".svg", ".pdf", ".graphml")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
DIGEST = re.compile(r"sha256 ([0-9a-f]{32})")


@dataclass(frozen=True, eq=False)
class Version:
    """What is to stand in `repo` at the tag `name`: the card, and all other files by their names there."""

    folder: Path
    facts: Facts
    files: Mapping[str, Local]
    card: str
    repo: str
    name: str


def version_of(folder: Path, repo: str, name: str) -> Version:
    """The version that a finished folder makes. Raises UserError where the folder, the repo's or the version's name is none."""
    with told(repo):
        validate_repo_id(repo)
    if not NAME.fullmatch(name) or ".." in name or name.endswith((".", ".lock")) or name == "main":
        raise UserError(f"--version is '{name}', which cannot be a tag; say something like v1.0")
    facts = read_facts(folder)
    _check_digests(folder, facts)
    paths = {path for config in facts.configs.values() for path in config.files}
    paths |= {path for path in folder.iterdir() if path.is_file() and is_beside(path.name)}
    for path in sorted({*paths, folder / CARD}):
        if path.resolve() != folder.resolve() / path.relative_to(
            folder
        ):  # the card or the rows of whoever else has one
            raise UserError(
                f"{path} is or lies behind a symbolic link, which may lead to what is private; put the file itself there"
            )
    files = {path.relative_to(folder).as_posix(): local(path) for path in sorted(paths)}
    return Version(folder, facts, files, (folder / CARD).read_text("utf-8", "replace"), repo, name)


def is_beside(name: str) -> bool:
    """Whether a file at the top is one of those that our commands put beside the rows and the card."""
    return "/" not in name and not name.startswith(".") and name.endswith(BESIDE)


def check(version: Version, allow_rehearsal: bool, refuse_personal: bool) -> None:
    """Refuses what nobody should publish, and names what is no part of the version. Asks the Hub nothing."""
    folder, facts = version.folder, version.facts
    if facts.run.get("rehearsal") and not allow_rehearsal:
        raise UserError(
            f"{folder} holds rows of the rehearsal, which no model wrote; publish them with --allow-rehearsal"
        )
    check_licence(folder)
    everything = sorted(path for path in folder.rglob("*") if path.is_file())
    everything.sort(key=lambda path: path.name == CARD)  # it quotes the others, which are to be named
    check_files(folder, everything, allow_rehearsal)
    words = {name: folder / name for name in version.files if name.endswith((".yaml", ".json"))}
    check_addresses({name: path.read_text("utf-8", "replace") for name, path in words.items()} | {CARD: version.card})
    for kind, counts in personal(facts).items() if refuse_personal else ():
        if counts:
            where = ", ".join(f"{count:,} in {name}" for name, count in counts.items())
            raise UserError(
                f"{folder} holds rows with personal data of the kind {kind} ({where}), and --refuse-personal is given"
            )
    names = {path.relative_to(folder).as_posix() for path in everything}
    if left := sorted(names - set(version.files) - {CARD}):
        say(f"left out, as no part of the dataset: {', '.join(left[:5])}{', ...' if len(left) > 5 else ''}")


def _check_digests(folder: Path, facts: Facts) -> None:
    """The card tells of files with these digests; one too many, or another one, would be published under false numbers."""
    ours = [one for one in facts.declared if isinstance(one, dict) and str(one.get("config_name")) in facts.configs]
    for declared in sorted(ours, key=lambda one: bool(one["config_name"] == "default")):  # which lists others' files
        said = DIGEST.fullmatch(str(declared.get("description") or ""))
        digest = hashlib.sha256()
        for path in facts.configs[declared["config_name"]].files if said else ():
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        if said and digest.hexdigest()[:32] != said[1]:
            raise UserError(
                f"{folder}: the files of {declared['config_name']} are not those that its card was written for; make the folder again"
            )
