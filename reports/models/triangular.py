"""Cholesky factors and triangular systems by LAPACK itself.

scipy.linalg's functions check and dispatch for 30 us a call, as long as the small systems here take; a fit
makes hundreds of calls.
"""

import numpy as np
from scipy.linalg import lapack

from reports.models.columns import Floats


def cholesky(matrix: Floats) -> Floats:
    """Lower L with L L' = matrix; the upper triangle is zero.

    Raises:
        numpy.linalg.LinAlgError: the matrix is not positive definite.
    """
    if not len(matrix):
        return matrix
    lower, info = lapack.dpotrf(matrix, lower=1, clean=1)
    if info:
        raise np.linalg.LinAlgError(f"leading minor {info} is not positive")
    return np.asarray(lower)


def solve_lower(lower: Floats, right: Floats, *, transposed: bool = False) -> Floats:
    """L^-1 right, or L'^-1 right."""
    if not len(lower):
        return right
    solution, _ = lapack.dtrtrs(lower, right, lower=1, trans=int(transposed))
    return np.asarray(solution)


def inverse_of_product(lower: Floats) -> Floats:
    """(L L')^-1, both triangles."""
    if not len(lower):
        return lower
    half, _ = lapack.dpotri(lower, lower=1)
    half = np.array(half, dtype=np.float64, copy=None)  # its upper triangle is zero, as that of the factor
    whole = np.asarray(half + half.T, dtype=np.float64)
    whole.flat[:: len(whole) + 1] /= 2.0
    return whole
