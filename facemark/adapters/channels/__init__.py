"""Senders, one module per channel."""
