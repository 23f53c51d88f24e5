"""Long proofs as programs: `python -m drills --kills N`."""
