"""What is printed: passes and ID cards."""
