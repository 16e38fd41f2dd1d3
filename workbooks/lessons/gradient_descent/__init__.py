"""Gradient descent on a line through 29 points, a row a step, with seven optimizers side by side."""
