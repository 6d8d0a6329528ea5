"""Knowledge points without a model."""
