"""backprop.xlsx: every number of the way forward and of the way back."""
