"""What all tests need: Ctrl-C reaches the processes they start, and what Hypothesis draws is the same in every run, however busy the machine.

A new commit is to blame for what fails in `make test`; new draws are looked for by `pytest --hypothesis-profile=default`,
or for hours by `python -m tests.fuzz`.
"""

import signal

from hypothesis import HealthCheck, settings

# A shell that has put the tests into the background has switched it off.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile(
    "long", max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck), database=None
)  # python -m tests.fuzz
settings.load_profile("repeatable")
