"""Values made of the store, kept for the next who asks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
Key = tuple[Any, ...]
MOST = 12
"""Values of one name kept at most; the one not used for longest goes first."""
FEW = {"cell tiles": 3, "heat": 4, "incidents": 1, "in force": 1, "locator": 3, "placed": 4}
"""Fewer of those that grow with the city."""


class Revision(tuple[int, ...]):
    """How often parts of the store have changed; what was made of an earlier one is of no use."""

    __slots__ = ()


class Kept:
    """Values by what they are made of: a name, then versions, filters, revisions."""

    def __init__(self) -> None:
        self._values: OrderedDict[Key, Any] = OrderedDict()
        self._makers: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()

    def derived(self, key: Key, make: Callable[[], T]) -> T:
        """Return a value, made once a key.

        Parameters
        ----------
        key : tuple
            What it is made of, the name first.
        make : callable
            Makes it; threads that ask meanwhile wait for the first.

        Returns
        -------
        Any
            What ``make`` returned.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            maker = self._makers.setdefault(key, threading.Lock())
        with maker:
            with self._lock:
                if key in self._values:
                    return self._values[key]
            value = make()
            self.keep(key, value)
            return value

    def keep(self, key: Key, value: Any) -> None:
        """Keep a value that is known already.

        Parameters
        ----------
        key : tuple
            As in :meth:`derived`.
        value : Any
            The value.
        """
        with self._lock:
            self._values[key] = value
            self._makers.pop(key, None)
            alike = [other for other in self._values if other[0] == key[0]]
            most = FEW.get(key[0], MOST)
            for n, other in enumerate(alike):
                if _is_past(other, key) or n < len(alike) - most:
                    del self._values[other]

    def newest(self, name: str) -> tuple[Key, Any] | None:
        """Return the value of a name that was used last.

        Parameters
        ----------
        name : str
            First element of its key.

        Returns
        -------
        tuple or None
            What it is made of, and the value; None if none is kept.
        """
        with self._lock:
            return next(
                (each for each in reversed(self._values.items()) if each[0][0] == name), None
            )


def _is_past(key: Key, now: Key) -> bool:
    return any(isinstance(part, Revision) and part not in now for part in key)
