"""From a finished folder, and nothing else, to its card."""
