"""Tell numbers that a sheet shows as dates from other numbers: their number format says it."""

import datetime

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel

from workbooks.xlsx.namespaces import CELL_XFS, NUM_FMT
from workbooks.xlsx.package import Package

# Dates in the Chinese, Japanese and Korean Excel, with no format code in the file; 32 to 35 are times there.
_EAST_ASIAN_DATES = frozenset((*range(27, 32), 36, *range(50, 59)))


class DateFormats:
    """The cell styles of one workbook that show dates."""

    def __init__(self, package: Package) -> None:
        self._epoch = package.epoch
        styles = package.styles
        codes = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        records = None
        if styles is not None:
            codes |= {each.get("numFmtId", ""): each.get("formatCode", "") for each in styles.iter(NUM_FMT)}
            records = styles.find(CELL_XFS)
        formats = [record.get("numFmtId", "0") for record in ([] if records is None else records)]
        self._styles = frozenset(str(style) for style, number in enumerate(formats) if _shows_date(number, codes))

    def is_date(self, style: str) -> bool:
        """Tell whether a cell's style, as its XML numbers it, shows a number as a date."""
        return style in self._styles

    def date(self, number: float) -> datetime.date | datetime.time | float:
        """Return the date that a number is, with its time unless that is midnight, or the time of day below one day.

        A number that is neither, below 0 for instance, is returned itself.
        """
        try:
            moment = from_excel(number, self._epoch)
        except (ValueError, OverflowError):
            return number
        if not isinstance(moment, datetime.datetime):
            return moment if isinstance(moment, datetime.time) else number
        return moment.date() if moment.time() == datetime.time() else moment


def _shows_date(number: str, codes: dict[str, str]) -> bool:
    code = codes.get(number)
    if code is None:
        return number.isdecimal() and int(number) in _EAST_ASIAN_DATES
    return bool(is_date_format(code)) and not is_timedelta_format(code)
