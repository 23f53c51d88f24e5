"""Idempotent functions that a clock calls."""
