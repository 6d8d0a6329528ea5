"""Where Ray does not start: one sentence, and soon."""

import signal
import socket
from importlib.util import find_spec

import pytest

from builders.errors import WorldError
from generation.cluster import cluster

pytestmark = pytest.mark.skipif(find_spec("ray") is None, reason="needs .[ray]")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("127.0.0.1:{port}", "nothing answers at RAY_ADDRESS 127.0.0.1:{port} ([Errno 111] Connection refused)"),
        ("127.0.0.1:99999", "nothing answers at RAY_ADDRESS 127.0.0.1:99999"),
        ("nonsense", "Invalid address format: nonsense"),
    ],
)
def test_a_cluster_that_is_not_there_is_one_sentence_and_no_run_on_this_machine_alone(
    address: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # nobody listens
        port = held.getsockname()[1]
        monkeypatch.setenv("RAY_ADDRESS", address.format(port=port))
        before = signal.getsignal(signal.SIGTERM)
        with pytest.raises(WorldError) as problem, cluster():
            pass
    assert str(problem.value).startswith(f"Ray does not start: {says.format(port=port)}")
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_node_that_is_slow_to_start_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    def slow(**asked: object) -> None:
        raise Exception("The current node timed out during startup.")  # as Ray does after 30 s

    monkeypatch.setattr(ray, "init", slow)
    with pytest.raises(WorldError, match="Ray does not start: The current node timed out during startup"), cluster():
        pass
