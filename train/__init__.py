"""Training on finished folders."""
