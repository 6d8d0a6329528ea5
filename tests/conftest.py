"""What all tests need: Ctrl-C reaches the processes they start, though a shell has put the tests into the background."""

import signal

signal.signal(signal.SIGINT, signal.default_int_handler)
