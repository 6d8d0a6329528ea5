"""Math-Verify is asked in processes that can be killed, and nothing an answer holds can do more than that."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from math_verify import parse, verify

from builders import verdicts
from builders.answers import compare
from builders.errors import WorldError

ROOT = Path(verdicts.__file__).parents[1]


def directly(gold: str, answer: str) -> str:
    """Math-Verify's own word, in this process."""
    one, other = (parse(text if "$" in text else f"${text}$") for text in (gold, answer))
    return "yes" if verify(one, other) else "no"


ORDINARY = [
    ("0.5", "1/2"),
    (r"\frac{1}{3}", "0.333333"),
    (r"\frac{1}{3}", "0.33"),
    ("2x + 2", "2(x + 1)"),
    ("x^2 - 1", "(x-1)(x+1)"),
    ("x^2 + 1", "(x-1)(x+1)"),
    ("x = 5", "5"),
    ("5", "x = 5"),
    ("x = 5", "y = 5"),
    ("(1, 2)", "(2, 1)"),
    (r"\{1, 2\}", r"\{2, 1\}"),
    ("1, 2", "2, 1"),
    ("[0, 1)", "[0, 1]"),
    (r"(-\infty, 3]", r"x \le 3"),
    (r"x \le 3", r"(-\infty, 3]"),
    (r"\sqrt{8}", r"2\sqrt{2}"),
    (r"\sqrt{8}", r"3\sqrt{2}"),
    (r"\frac{\pi}{4}", r"45^\circ"),
    ("50%", "0.5"),
    (r"50\%", "50"),
    ("1,000", "1000"),
    (r"1{,}000", "1000"),
    ("10 cm", "10"),
    (r"10\text{ cm}", r"10 \text{ m}"),
    ("A", "B"),
    (r"\text{(C)}", "C"),
    (r"\text{Monday}", "Tuesday"),
    (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", r"\begin{pmatrix} 1 & 2 \\ 3 & 4.0 \end{pmatrix}"),
    (r"3 \pm \sqrt{2}", r"3 + \sqrt{2}, 3 - \sqrt{2}"),
    (r"2 + 3i", "3i + 2"),
    ("7_8", "7"),
    ("10!", "3628800"),
    (r"\binom{5}{2}", "10"),
    (r"\log_2 8", "3"),
    ("$5$", "5"),
    (r"\$5", "5"),
    ("so it is $5$", "5"),
    ("", ""),
    ("five", "5"),
    ("1\x00", "1"),
    ("\ud800", "\ud800"),
    ("a\nb", "a\nb"),
]


def test_it_says_what_math_verify_says_in_order() -> None:
    pairs = [pair for pair in ORDINARY if "\ud800" not in pair]
    assert compare(pairs) == [directly(*pair) for pair in pairs]
    assert set(compare(pairs)) == {"yes", "no"}
    assert compare([("\ud800", "\ud800"), *ORDINARY[:2], ORDINARY[0]])[1:] == ["yes", "yes", "yes"]
    assert compare([]) == []


ENDLESS = [
    ("$2^{2^{40}}$", "3"),
    ("$(10^9)!$", "3"),
    (r"\binom{10^9}{5\cdot10^8}", "7"),
    (r"\sum_{k=1}^{10^8} 1/k", "19"),
]
HOSTILE = [
    ("(" * 100_000, "1"),
    ("9" * 100_000, "8" * 100_000),
    (" " * 100_000, "1"),
    ("\x00" * 100_000, "\x00"),
    (r"\boxed{" * 20_000, "1"),
]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second for a pair, so that a test of what never ends does."""
    verdicts.close()
    monkeypatch.setattr(verdicts, "SECONDS", 1)
    yield
    verdicts.close()


@pytest.mark.usefixtures("impatient")
def test_what_never_ends_is_undecided_and_what_comes_after_it_is_not() -> None:
    between = [pair for at, pair in enumerate(ENDLESS) for pair in (pair, (f"{at}.0", str(at)))]
    assert verdicts.ask(between) == ["undecided", "yes"] * len(ENDLESS)


@pytest.mark.usefixtures("impatient")
def test_hostile_answers_get_a_verdict_each() -> None:
    said = compare([*HOSTILE, ("0.5", "1/2")])
    assert said[-1] == "yes" and set(said[:-1]) <= {"no", "undecided"}


GREEDY = """
import sys
sys.path.insert(0, "builders")
import verdict_process
kept = []

def judge(gold, answer):
    while gold.isdigit() and len(kept) < int(gold):
        kept.append(bytearray(b"x" * (1 << 20)))
    return "yes"

verdict_process.judge = judge
sys.argv = ["", "1", "60", str(300 << 20)]
verdict_process.main()
"""


def test_a_worker_that_holds_too_much_memory_is_killed() -> None:
    questions = [b'{"id": %d, "pair": ["%d", ""]}\n' % (at, mebibytes) for at, mebibytes in enumerate([3, 900, 3])]
    process = subprocess.run(
        [sys.executable, "-P", "-c", GREEDY], cwd=ROOT, input=b"".join(questions), capture_output=True
    )
    assert process.returncode == 0 and process.stdout == b""  # its input ended: it leaves, whatever is under way
    with subprocess.Popen([sys.executable, "-P", "-c", GREEDY], cwd=ROOT, stdin=-1, stdout=-1) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(b"".join(questions))
        process.stdin.flush()
        said = [process.stdout.readline() for _ in questions]
    assert [re.search(b"yes|undecided", line)[0] for line in said] == [b"yes", b"undecided", b"yes"]


def family() -> list[psutil.Process]:
    """The process that compares, and its workers."""
    return [
        child for child in psutil.Process().children(recursive=True) if "verdict_process" in " ".join(child.cmdline())
    ]


def wait_until_gone(processes: list[psutil.Process], seconds: float = 10) -> None:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    assert alive == []


def test_one_process_is_started_for_all_and_it_has_one_thread() -> None:
    compare([("0.5", "1/2")])
    before = {process.pid for process in family()}
    compare([("0.25", "1/4"), ("0.75", "3/4")])
    now = family()
    assert before <= {process.pid for process in now}
    assert 2 <= len(now) <= 1 + verdicts.WORKERS
    assert [process.num_threads() for process in now] == [1] * len(now)


def test_obvious_pairs_start_no_process() -> None:
    verdicts.close()
    assert compare([("1", "1"), ("1", "2"), (r"\frac{1}{2}", "2/4")]) == ["yes", "no", "yes"]
    assert family() == []


def test_it_is_replaced_when_somebody_kills_it() -> None:
    compare([("0.5", "1/2")])
    for process in family():
        process.kill()
    assert compare([("0.5", "1/2"), ("0.5", "1/3")]) == ["yes", "no"]


def test_a_worker_that_somebody_kills_costs_no_verdict() -> None:
    compare([("0.5", "1/2")])
    pairs = [(f"{at}.5", f"{2 * at + 1}/2") for at in range(400)]
    said: list[str] = []
    asking = threading.Thread(target=lambda: said.extend(compare(pairs)))
    asking.start()
    while asking.is_alive():
        for worker in family()[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.kill()
        time.sleep(0.2)
    assert said == ["yes"] * len(pairs)


def test_threads_may_ask_at_the_same_time() -> None:
    said: dict[int, list[str]] = {}

    def one(number: int) -> None:
        said[number] = compare([(f"{number}.0", str(number)), (f"{number}.0", f"{number}1")])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {number: ["yes", "no"] for number in range(1, 9)}


def test_a_fork_has_a_process_of_its_own_and_leaves_ours_alone() -> None:
    compare([("0.5", "1/2")])
    pid = os.fork()
    if pid == 0:
        os._exit(0 if compare([("0.5", "1/2"), ("0.5", "2")]) == ["yes", "no"] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert compare([("1.5", "3/2"), ("0.5", "2")]) == ["yes", "no"]


BUSY = """
import sys, threading
from builders import verdicts
threading.Thread(target=verdicts.ask, args=([("(10^9)!", "3"), ("(10^9)!", "4")],), daemon=True).start()
import psutil, time
while True:
    children = psutil.Process().children(recursive=True)
    if len(children) == 1 + min(2, len(psutil.Process().cpu_affinity())):
        print(*(child.pid for child in children), flush=True)
        sys.stdin.read()
        break
    time.sleep(0.05)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, None])
def test_it_ends_with_whoever_asked_however_that_ends(how: signal.Signals | None) -> None:
    parent = subprocess.Popen([sys.executable, "-c", BUSY], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdin is not None and parent.stdout is not None
    children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    assert len(children) >= 2
    if how is not None:
        parent.send_signal(how)
    parent.stdin.close()
    parent.stdout.close()
    parent.wait(timeout=20)
    wait_until_gone(children)


def test_ctrl_c_while_it_compares_leaves_nothing_behind_and_nothing_mixed_up() -> None:
    alarm = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT))
    alarm.start()
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        verdicts.ask([("(10^9)!", "3"), ("0.5", "1/2")])
    assert time.monotonic() - before < 4
    wait_until_gone(family())
    assert compare([("0.5", "1/3")]) == ["no"]


def test_where_it_cannot_be_started_the_error_says_what_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts.close()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(WorldError, match="is math-verify installed"):
        verdicts.ask([("0.5", "1/2")])


def test_the_verdict_does_not_depend_on_what_was_asked_before_it() -> None:
    once = compare(ORDINARY)
    assert compare(list(reversed(ORDINARY))) == list(reversed(once))
    verdicts.close()
    assert compare(ORDINARY) == once
