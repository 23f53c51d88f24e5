"""The command line. Modules are imported only when their command runs."""
