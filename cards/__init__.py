"""From a finished folder, and nothing else, to its card."""

from builders import leave_quietly

leave_quietly(__name__)
