"""How does a process that we start end with us, even when we are killed?"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def dies_with_us(farewell: signal.Signals, before: Callable[[], None] | None = None) -> Callable[[], None]:
    """A ``preexec_fn``: runs *before* in the child, then asks the kernel to send it *farewell* when its parent ends.

    The kernel watches the thread that started the child, so start children from the main thread only.
    """
    parent = os.getpid()

    def prepare() -> None:
        if before:
            before()
        if sys.platform == "linux":  # last, because a change of user clears it
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, farewell)
            if os.getppid() != parent:  # the parent ended before we asked
                os._exit(1)

    return prepare
