"""`python -m facemark` is the same as the `facemark` command."""

from facemark.cli.main import main

main()
