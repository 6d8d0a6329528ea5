"""From a finished folder, and nothing else, to its card."""

from builders import begin

begin(__name__)
