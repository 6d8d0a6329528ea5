"""Rows in and out, and what can be said of them without a model."""
