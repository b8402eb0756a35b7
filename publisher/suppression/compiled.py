"""The one place that meets numba: inner loops are compiled, and the machine code is kept beside the source."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(kernel: Kernel) -> Kernel:
    """Compiles on the first call, without Python objects; integer overflow wraps, so callers bound their sums.

    Such a kernel cannot make arrays: counting references to those it is given would take most of its time.
    """
    njit = cast(Any, numba.njit)  # _nrt, the option that leaves out reference counting, has no published type
    return cast(Kernel, njit(cache=True, nogil=True, _nrt=False)(kernel))


def compiled_making_arrays(kernel: Kernel) -> Kernel:
    """The same for a kernel that allocates."""
    return cast(Kernel, numba.njit(cache=True, nogil=True)(kernel))
