"""Learning-rate schedules in the spreadsheet's own functions."""

from pyfuncs.kernels.schedules import SCHEDULES

PLAIN = {
    "constant": "{lr}",
    "step": "{lr}*{schedule_gamma}^INT({epoch}/{schedule_epochs})",
    "exponential": "{lr}*{schedule_gamma}^({epoch}/{schedule_epochs})",
    "cosine": "{lr}*0.5*(1+COS(PI()*MIN({epoch}/{schedule_epochs},1)))",
}
"""The learning rate of an epoch (from 0), for each schedule."""

if PLAIN.keys() != SCHEDULES.keys():
    raise ValueError("Every schedule needs its plain text, and no other one.")
