"""Errors of training, evaluation and studies.

KnownError
└── XtbError
    ├── BadEncoder       a checkpoint cannot be loaded as an encoder
    ├── BadStudy         a study file; all its mistakes at once
    ├── BadRun           a run folder is not what it should be
    ├── Busy             another process does the same, and was waited for long enough
    └── Interrupted      stopped by the user; finished work is kept (exit code 130)
"""

from warehouse.errors import KnownError


class XtbError(KnownError):
    """Training or evaluation cannot go on."""


class BadEncoder(XtbError):
    """A checkpoint cannot be loaded as an encoder."""


class BadStudy(XtbError):
    """A study file has mistakes; the message lists all of them."""

    exit_code = 2


class BadRun(XtbError):
    """A run folder is missing, unfinished or damaged."""


class Busy(XtbError):
    """Another process does the same; it was waited for long enough."""


class Interrupted(XtbError):
    """Stopped by the user; finished work is kept."""

    exit_code = 130
