"""The page at the door: a camera and a scanner on one side, durable answers on the other."""
