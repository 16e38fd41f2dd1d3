"""The C library's functions, as the spreadsheet programs take them: NumPy's may differ in the last bit."""

import math

import numpy as np

EXP = np.vectorize(math.exp, otypes=[float])
TANH = np.vectorize(math.tanh, otypes=[float])
