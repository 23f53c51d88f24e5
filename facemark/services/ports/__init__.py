"""What the use cases need from outside, one module per neighbour."""
