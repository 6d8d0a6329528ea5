"""A finished folder as a version on the Hub: its files ahead, one commit on main, a tag.

a finished folder -> the dataset repo user/name, at the tag v1.0
python -m cards.publish FOLDER --repo user/name --version v1.0

`main` is never half: whatever is large is uploaded before the one commit that names it. A version that is there with the same
bytes is left alone, with others it is refused. Whatever dies, the same command goes on: it looks at what the Hub holds, and
does what is missing.
"""

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import lru_cache, partial
from io import FileIO
from pathlib import Path

import pyarrow as pa
from huggingface_hub import HfApi

from builders import hub
from builders.by_hand import kept
from builders.commands import called, command
from builders.configs import as_ours
from builders.errors import UserError
from builders.markdown import code
from builders.screen import say
from cards.changes import Rows, difference, rows_of, versions, with_versions, without_versions
from cards.patience import again, quick_client
from cards.repo import State, commit, differing, held, local, state, text, upload
from cards.version import CARD, Version, check, is_beside, version_of


def publish(version: Version, private: bool, patience: float) -> str:
    """Publishes a version, and says what was done.

    Raises UserError where it is there with other bytes or the Hub refuses it; WorldError where the Hub does not do its part for
    `patience` seconds. What is uploaded by then is not uploaded again.
    """
    api = HfApi()
    with ExitStack() as stack:
        stack.enter_context(quick_client(patience))
        if not sys.stderr.isatty():
            stack.enter_context(hub.no_bars())
        if "/" not in version.repo:
            owner = again(api.whoami, version.repo, patience)["name"]
            version = replace(version, repo=f"{owner}/{version.repo}")
        # Whatever others do to the repo meanwhile is a reason to look at it anew.
        return again(partial(_once, api, version, private, patience), version.repo, patience)


def _once(api: HfApi, version: Version, private: bool, patience: float) -> str:
    """Does what is missing on the Hub."""
    where, there = f"{version.repo} {version.name}", _there(api, version, private)
    if version.name in there.tags:
        if other := _other(api, version, there.tags[version.name]):
            rows = "its rows are the same" if not any(name.startswith("data/") for name in other) else "its rows too"
            raise UserError(
                f"{where} is published, and would be another one now: {', '.join(other[:3])}{', ...' if len(other) > 3 else ''} "
                f"({rows}); a version never changes, so publish under the next one"
            )
        return f"{where} is published already, with the same bytes; there is nothing to do"
    files = held(api, version.repo, there.head)
    card = text(version.repo, there.head, CARD) if CARD in files else ""
    made, newest = there.head, next(iter(versions(card)), None)
    if newest != version.name or _other(api, version, there.head):  # else only the tag is missing
        made = _commit(api, version, there.head, files, card, patience)
    api.create_tag(version.repo, tag=version.name, revision=made, repo_type=hub.TYPE)
    return f"{where} is published at {api.endpoint}/datasets/{version.repo}\n\n{_loads(version)}"


def _there(api: HfApi, version: Version, private: bool) -> State:
    """The repo as it stands, which is made where there is none."""
    found = state(api, version.repo)
    if found is None:
        api.create_repo(version.repo, repo_type=hub.TYPE, private=private or None, exist_ok=True)
        found = state(api, version.repo)
    if found is None:
        raise UserError(f"the Hub does not show you {version.repo}: look at your token with `hf auth whoami`")
    if private and not found.private:
        raise UserError(
            f"{version.repo} is public, and --private is given: make it private in its settings, or name another"
        )
    return found


def _other(api: HfApi, version: Version, at: str) -> list[str]:
    """The files that a commit holds otherwise; a card is the same where only what a person added to it makes a difference."""
    files = held(api, version.repo, at)
    card = without_versions(text(version.repo, at, CARD)) if CARD in files else ""
    same = kept(card, version.card).split() == card.split()
    return [*differing(version.files, files), *_gone(version, files, card), *([] if same else [CARD])]


def _gone(version: Version, files: Mapping[str, str], card: str) -> list[str]:
    """Files on the Hub that this version has not: rows, and what our commands put beside them unless the card names it."""
    return [
        name for name in files
        if name not in version.files and (name.startswith("data/") or (is_beside(name) and name not in card))
    ]  # fmt: skip


def _commit(api: HfApi, version: Version, head: str, files: Mapping[str, str], old: str, patience: float) -> str:
    """The one commit of a version; its hash."""
    if _by_config(files) and "mathloom" not in old:
        raise UserError(
            f"{version.repo} holds rows of somebody else ({_by_config(files).popitem()[1][0]}), which would be gone; name another repo"
        )
    changes = _changes(version, head, tuple(sorted(files.items())))
    earlier = {name: entry for name, entry in versions(old).items() if name != version.name}
    heading = f"### {version.name}" + "".join(f", since {name}" for name in list(earlier)[:1])
    card = with_versions(kept(without_versions(old), version.card), [f"{heading}\n\n{changes}", *earlier.values()])
    fresh = differing(version.files, files)
    size = sum(version.files[name].size for name in fresh)
    say(f"{len(fresh)} of {len(version.files)} files are new or other than on main ({size / 1e6:,.1f} MB)")
    operations = [version.files[name].operation(name) for name in fresh]
    upload(api, version.repo, operations, patience)
    operations.append(local(card.encode()).operation(CARD))
    gone = _gone(version, files, card)
    if beside := [name for name in gone if is_beside(name)]:  # nobody knows whether a person put it there
        say(f"taken from main, for neither the folder nor the card has it: {', '.join(beside)}")
    return commit(api, version.repo, operations, gone, head, f"{version.name}\n\n{changes}")


@lru_cache(maxsize=1)
def _changes(version: Version, head: str, files: tuple[tuple[str, str], ...]) -> str:
    """What is new since main's head, config by config, as a list in Markdown."""
    old, new = _by_config(dict(files)), _by_config(version.files)
    if not old:
        counts = {name: config.rows for name, config in version.facts.configs.items() if name in new}
        return "The first rows: " + ", ".join(f"{rows:,} of {code(name)}" for name, rows in counts.items()) + "."
    lines = []
    for name in sorted({*old, *new}):
        now, before = new.get(name, []), old.get(name, [])
        if now != before or differing({file: version.files[file] for file in now}, dict(files)):
            rows = rows_of([partial(FileIO, version.folder / file) for file in now])
            try:
                was: Rows | None = rows_of([partial(hub.stream, version.repo, head, file, False) for file in before])
            except (pa.ArrowInvalid, UnicodeDecodeError):  # somebody else's file
                was = None
            except OSError as problem:
                if type(problem) is not OSError or problem.errno is not None:  # the way to it, and not what is in it
                    raise
                was = None
            lines.append(difference(name, was, rows))
    return "\n".join(lines) or "The same rows."


def _by_config(names: Mapping[str, object]) -> dict[str, list[str]]:
    """config -> the files of its rows."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        if name.startswith("data/") and name.endswith(".parquet"):
            found.setdefault(name.split("/")[1], []).append(name)
    return found


def _loads(version: Version) -> str:
    """The lines that load what was published."""
    named = [name for name in version.facts.configs if name != "default"]
    config = f'"{named[0]}", ' if named and "default" not in version.facts.configs else ""
    return (
        "from datasets import load_dataset\n"
        f'rows = load_dataset("{version.repo}", {config}revision="{version.name}", split="train")'
    )


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog=called("cards.publish"),
        description="Publishes a finished folder as a version on the Hub.",
        allow_abbrev=False,
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a finished folder")
    parser.add_argument(
        "--repo", required=True, metavar="NAME", help="the dataset repo, user/name; made where there is none"
    )
    parser.add_argument("--version", required=True, metavar="V", help="the tag, like v1.0; a version never changes")
    parser.add_argument("--private", action="store_true", help="make the repo private, and refuse one that is public")
    parser.add_argument("--allow-rehearsal", action="store_true", help="publish rows that no model wrote")
    parser.add_argument(
        "--refuse-personal", action="store_true", help="refuse rows with e-mail addresses or telephone numbers"
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="seconds to wait while the Hub does not answer (default: 300)",
    )
    said = parser.parse_args(argv)
    if not 0 <= said.patience < math.inf:
        raise UserError(f"--patience is {said.patience}; it must be a number of seconds, 0 or more")
    with as_ours(said.folder):
        version = version_of(said.folder, said.repo, said.version)
        check(version, said.allow_rehearsal, said.refuse_personal)
    say(publish(version, said.private, said.patience))


if __name__ == "__main__":
    command(main)
