"""Use cases over ports; each one is a single transaction."""
