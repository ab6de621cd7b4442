"""The errors of gridmap.

Every error carries a message key and its values; the text is made at the edge, in the reader's
language (:func:`gridmap.messages.text`). Nothing here knows of HTTP or of exit codes.

::

    GridmapError
    ├── InputError          what came in is bad: nothing was written
    │   ├── FileError       a file that is missing, of another kind, unsafe, too large
    │   ├── ColumnError     a column that is not there or not of the needed kind
    │   ├── CrsError        no CRS, an impossible one, or two that differ
    │   ├── GeometryError   a ring that cannot be worked with, with its place
    │   └── ValueRefused    any other value that cannot be (a date, a rule, a plan file)
    ├── EditRefused         an edit whose result would not be a coverage; carries its defects
    ├── StoreError          what the store answered
    │   ├── NotFound        nothing under that name
    │   ├── Conflict        the thing is immutable, or there already
    │   │   └── Stale       somebody saved first; carries what stands there now
    │   └── SchemaError     the store is of another version
    ├── NotAllowed          the role may not do that
    └── Cancelled           the user stopped the work
"""

from typing import Any


class GridmapError(Exception):
    """Base of all errors of gridmap.

    Parameters
    ----------
    key : str
        Key of the message in the catalogues of :mod:`gridmap.messages`.
    **values : Any
        Values the message is filled with.
    """

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        from gridmap.messages import text

        return text(self.key, self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.key, self.values)


def _rebuild(kind: type[GridmapError], key: str, values: dict[str, Any]) -> GridmapError:
    return kind(key, **values)


class InputError(GridmapError):
    """What came in is bad; nothing was written."""


class FileError(InputError):
    """A file is missing, of another kind than it says, unsafe or too large."""


class ColumnError(InputError):
    """A column is not there or not of the needed kind."""


class CrsError(InputError):
    """A layer has no CRS, an impossible one, or one that differs from its partner's."""


class GeometryError(InputError):
    """A geometry cannot be worked with; the values hold its cell and place."""


class ValueRefused(InputError):
    """A value cannot be what it should be."""


class EditRefused(GridmapError):
    """The result of an edit would not be a coverage; ``values["defects"]`` tells why."""


class StoreError(GridmapError):
    """The store could not do what was asked."""


class NotFound(StoreError):
    """Nothing is stored under that name."""


class Conflict(StoreError):
    """The thing cannot be changed any more, or is there already."""


class Stale(Conflict):
    """Somebody saved first; ``values["version"]`` is what stands there now."""


class SchemaError(StoreError):
    """The store was written by another version of the program."""


class NotAllowed(GridmapError):
    """The role may not do that."""


class Cancelled(GridmapError):
    """The user stopped the work."""
