"""Implementations of the service ports on real libraries."""
