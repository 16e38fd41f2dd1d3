"""backprop.xlsx: every number of the forward and the backward pass."""
