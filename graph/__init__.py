"""Knowledge points without a model."""

from builders import begin

begin(__name__)
