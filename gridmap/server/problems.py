"""Problems of HTTP itself, beside the errors of gridmap."""

from typing import Any

from starlette.exceptions import HTTPException


class Problem(HTTPException):
    """A request that cannot be answered for reasons of HTTP alone.

    Parameters
    ----------
    status : int
        Status code.
    key : str
        Key of the message.
    **values : Any
        Values of its placeholders.
    """

    def __init__(self, status: int, key: str, **values: Any) -> None:
        super().__init__(status, key)
        self.key = key
        self.values = values
