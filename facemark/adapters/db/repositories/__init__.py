"""The repositories of ports/store.py, one file per feature."""
