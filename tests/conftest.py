"""What all tests need: Ctrl-C reaches the processes they start, and what Hypothesis draws is the same in every run, however busy the machine.

A new commit is to blame for what fails in `make test`; new draws are looked for by `pytest --hypothesis-profile=default`.
"""

import signal

from hypothesis import settings

# A shell that has put the tests into the background has switched it off.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
