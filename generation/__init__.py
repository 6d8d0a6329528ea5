"""Everything that asks a model: the one abstraction (ask), its engine, and the methods as they read in the papers."""

from builders import begin

begin(__name__)
