"""The master key and what hangs from it: data keys, sealing, pass signatures."""
