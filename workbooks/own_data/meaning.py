"""What a column's cells are, whatever file they came from: numbers, dates, times of the day, or words."""

import datetime
from dataclasses import dataclass

from pyfuncs.cells.block import DAY_ZERO, CellValue
from pyfuncs.cells.spelling import short

NUMBER, DATE, TIME, VALUE = "number", "date", "time", "value"
NUMERIC = (NUMBER, DATE, TIME)
PERCENT = "%"


WITH_TIME = ", with time"


@dataclass(frozen=True)
class Meaning:
    """The kind of a column, and its unit: of numbers a percent or currency sign, of dates how they are written.

    Dates count in days, as a spreadsheet does: from 1899-12-30 on, a time as a part of the day.
    """

    kind: str = VALUE
    unit: str | None = None

    @property
    def number_format(self) -> str:
        """Return the number format in which cells show it."""
        if self.kind == DATE:
            return "yyyy-mm-dd hh:mm" if self.has_time else "yyyy-mm-dd"
        return "hh:mm:ss" if self.kind == TIME else "General"

    @property
    def has_time(self) -> bool:
        """Tell whether its dates have a time of the day."""
        return self.unit is not None and self.unit.endswith(WITH_TIME)


def shown(value: CellValue, kind: str = VALUE) -> str:
    """Return a table's value as people read it: 2 and not 2.0, a date as 2020-01-31, a time as 13:08:00."""
    if isinstance(value, float) and kind == DATE:
        return date_text(value)
    if isinstance(value, float) and kind == TIME:
        return str(moment(value).time())
    return short(value) if isinstance(value, float) else str(value)


def moment(days: float) -> datetime.datetime:
    """Return a day number as a date with time, to the second."""
    return DAY_ZERO + datetime.timedelta(seconds=round(days * 86400))


def date_text(days: float) -> str:
    """Return a day number as 2020-01-31, or 2020-01-31 13:08:00 where it is not midnight.

    A number that no calendar holds stays one.
    """
    try:
        found = moment(days)
    except OverflowError:
        return short(days)
    return str(found) if found.time() != datetime.time() else str(found.date())
