"""Processes of this machine: started, watched, and never left behind."""
