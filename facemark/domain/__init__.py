"""Pure rules: values in, values out. No clock, no environment, no I/O."""
