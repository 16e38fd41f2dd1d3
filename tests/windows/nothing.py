"""A function that does nothing with its arguments, to measure what comes before and after a formula."""

import xlwings as xw


@xw.func
@xw.arg("first", ndim=2, err_to_str=True)
@xw.arg("second", ndim=2, err_to_str=True)
def nothing(first, second):
    return 0.0
