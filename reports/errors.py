"""Errors of what goes out.

KnownError
└── ReportError
    ├── BadFormula       a model formula cannot be read or does not fit the data
    └── Refused          the data cannot answer the question; the message says what is missing
"""

from warehouse.errors import KnownError


class ReportError(KnownError):
    """A question cannot be analysed or drawn."""


class BadFormula(ReportError):
    """A model formula cannot be read, or names a column the data do not have."""

    exit_code = 2


class Refused(ReportError):
    """The data cannot answer the question; the message says what is missing and how to supply it."""
