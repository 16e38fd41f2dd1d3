"""backprop.xlsx: every number of the forward pass and of the backward pass."""
