"""What one file may cost: memory, processor time, size of what is written; and saying so."""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

MEBI = 1 << 20
MEMORY_BASE = 512
MEMORY_PER_MEBI = 24
SECONDS_BASE = 2.0
SECONDS_PER_MEBI = 1.0
PACKED_SECONDS_PER_MEBI = {"xlsx": 12.0, "pbf": 12.0, "osmbz2": 12.0}
"""A mebibyte of these is some ten of what is in them."""
WRITTEN_MOST = 16 << 30
UNPACKED_MOST = 4 << 30
UNPACKED_FREE = 64 * MEBI
UNPACKED_RATIO = 100
"""Above 64 MiB a packed file may grow a hundredfold: deflate can do a thousand, data do not."""


def set_caps() -> None:
    """Set what holds for every file: no core dumps, few open files, no endless writing."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_MOST, WRITTEN_MOST))


def allow(size: int, kind: str) -> None:
    """Limit memory and processor time to what a file of this size may need.

    Parameters
    ----------
    size : int
        Bytes of the file (of .gz and .zip: unpacked).
    kind : str
        Kind of the file; one that is packed within is allowed more time.
    """
    mebis = size / MEBI
    rate = PACKED_SECONDS_PER_MEBI.get(kind, SECONDS_PER_MEBI)
    seconds = int(time.process_time() + SECONDS_BASE + rate * mebis)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    room = int((MEMORY_BASE + MEMORY_PER_MEBI * mebis) * MEBI)
    memory = _address_space() + room
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def tell(line: dict[str, Any]) -> None:
    """Say something to the parent, one line of JSON on stdout.

    Parameters
    ----------
    line : dict
        Values of JSON.
    """
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as pages:  # noqa: PTH123  # no pathlib needed
        return int(pages.read().split()[0]) * resource.getpagesize()


def unpacked_most(packed: int) -> int:
    """Return how many bytes a packed file may grow to.

    Parameters
    ----------
    packed : int
        Bytes of the packed file.

    Returns
    -------
    int
        Bytes.
    """
    return min(UNPACKED_MOST, max(UNPACKED_FREE, UNPACKED_RATIO * packed))
