"""Money: what a run has cost, and whether the next question may still be asked.

replies of the ledger + those of this run + the most that what is under way may cost <= --budget
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from builders.errors import SAFE
from generation.ledger import Ledger, Reply
from generation.recipes import Price
from generation.transport import Question

MILLION = 1_000_000
CHARACTERS = 2  # per token at the least: what a prompt may cost at most, before the server has counted it


def tokens_cost(price: Price | None, prompt: float, completion: float) -> float:
    """Dollars for tokens; 0 where the price is per GPU-hour or unknown."""
    if price is None or price.input is None or price.output is None:
        return 0.0
    return (prompt * price.input + completion * price.output) / MILLION


def hours_cost(prices: Iterable[Price | None], seconds: float) -> float:
    """Dollars for the GPUs of a run's wall time."""
    return sum(p.gpu_hour * p.gpus * seconds / 3600 for p in prices if p and p.gpu_hour is not None)


class Purse:
    """Counts dollars. `spent_out` is told when nothing is under way and the next question does not fit."""

    def __init__(self, budget: float | None, prices: dict[str, Price | None]) -> None:
        self.budget, self.prices = budget, prices
        # Of each set of servers: roles that share one pay its hours once.
        self.hourly: dict[tuple[str, ...], Price] = {}
        self.servers: dict[str, tuple[str, ...]] = {}
        self.held = 0.0  # dollars that were paid in earlier runs for what this one has asked so far
        self.recorded = 0.0  # dollars that the ledger held for this recipe's models and steps when the run began
        self._recorded: set[tuple[tuple[str, ...], int]] = set()
        self._counted: set[tuple[tuple[str, ...], int]] = set()
        self.spent = 0.0  # dollars of this run's tokens
        self.asked = False
        self.reserved: dict[str, float] = {}
        self.longest = 0.0  # seconds of the slowest reply
        self.spent_out: Callable[[str], object] = lambda detail: None
        self._began = time.monotonic()
        self._lock = threading.Lock()

    @property
    def known(self) -> bool:
        """Whether every role has a price."""
        return bool(self.prices) and all(self.prices.values())

    def join(self, role: str, model: str, servers: tuple[str, ...]) -> None:
        """Says behind which servers a role's model stands: roles that share them pay their hours once."""
        price, self.servers[role] = self.prices.get(role), servers or (model,)
        if price is not None:
            self.hourly.setdefault(self.servers[role], price)

    def count_recorded(
        self, ledger: Ledger, role: str, model: str, steps: Sequence[str], by: str | None = None
    ) -> None:
        """Adds all that the ledger holds of a role's steps, and the hours of the runs that asked them: no budget is spent twice.

        `by`: only what runs of that name have paid, where the budget is one shard's, and the ledger began as a copy.
        """
        price = self.prices.get(role)
        if price is None or self.budget is None or not steps:
            return
        tokens, runs = ledger.paid_for(model, steps, by)
        self.recorded += tokens_cost(price, *tokens)
        if price.gpu_hour is not None:
            new = {
                (self.servers[role], run) for run in runs
            } - self._recorded  # roles that share servers pay hours once
            self._recorded |= new
            self.recorded += sum(hours_cost([price], ledger.lasted(run)) for _, run in new)

    def count(self, ledger: Ledger, role: str, keys: Sequence[str], now: int) -> None:
        """Counts what these replies cost in runs before this one (`now`), and the hours of those runs."""
        price = self.prices.get(role)
        if price is None or not keys:
            return
        with self._lock:
            for prompt, completion, run in ledger.paid(keys, now):
                self.held += tokens_cost(price, prompt, completion)
                if price.gpu_hour is not None and (self.servers[role], run) not in self._counted:
                    self._counted.add((self.servers[role], run))
                    self.held += hours_cost([price], ledger.lasted(run))

    def cost(self) -> float:
        """Dollars of this run so far; a replay that asks nothing keeps no server busy."""
        seconds = time.monotonic() - self._began if self.asked else 0.0
        return self.spent + hours_cost(self.hourly.values(), seconds)

    def may(self, question: Question) -> bool:
        """Whether a question fits into what is left; on the engine's loop."""
        if self.budget is None:
            return True
        most = tokens_cost(self.prices.get(question.pool), question.prompt_length / CHARACTERS, question.max_tokens)
        with self._lock:
            self.reserved.pop(question.key, None)  # an attempt before this one
            ahead = sum(self.reserved.values()) + hours_cost(self.hourly.values(), self.longest)
            spent = self.recorded + self.cost()
            if spent + ahead + most <= self.budget:
                self.reserved[question.key] = most
                return True
        if not self.reserved:
            self.spent_out(
                f"the budget of ${self.budget:.10g} is spent: ${spent:.4f} so far, and the next question may cost ${most:.4f}; "
                f"{SAFE} with a larger --budget"
            )
        return False

    def release(self, question: Question) -> None:
        """A question that had no answer costs nothing that we know of."""
        with self._lock:
            self.reserved.pop(question.key, None)

    def paid(self, question: Question, reply: Reply) -> None:
        """Counts a reply that came."""
        prompt = reply.prompt_tokens if reply.prompt_tokens is not None else len(question.request) / 4
        completion = reply.completion_tokens if reply.completion_tokens is not None else len(reply.text or "") / 4
        with self._lock:
            self.asked = True
            self.reserved.pop(question.key, None)
            self.longest = max(self.longest, reply.seconds)
            if reply.text is not None:
                self.spent += tokens_cost(self.prices.get(question.pool), prompt, completion)
