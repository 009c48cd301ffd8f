"""Errors of what comes in.

KnownError
└── IngestError
    ├── MissingData      a benchmark file is not where the source looks
    └── BadData          a file is damaged or not what the task declares
"""

from warehouse.errors import KnownError


class IngestError(KnownError):
    """Benchmark data or results cannot be read."""


class MissingData(IngestError):
    """A benchmark file is not where the source looks."""


class BadData(IngestError):
    """A file is damaged, or differs from what the task declares."""
