"""Settings, from ``GRIDMAP_*`` and a file."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from gridmap.errors import ValueRefused

FILE = ".gridmap.env"


def _split(value: Any) -> Any:
    """Take a text apart at its commas."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


class Settings(BaseSettings):
    """What a server needs to know; each value can be given as ``GRIDMAP_NAME``.

    A value given in the call counts before the environment, that before the file ``.gridmap.env``.

    Parameters
    ----------
    store : str
        Address of the store.
    host : str
        Address to listen on; any other than loopback needs a user.
    port : int
        Port to listen on.
    lang : str
        Language of a reader who names none.
    names : tuple of str
        Host names under which the server is reached, beside its address; others are refused.
        Commas stand between several.
    upload_bytes : int
        Largest file that may be sent.
    least : int
        Smallest count shown to the public.
    """

    model_config = SettingsConfigDict(env_prefix="GRIDMAP_", frozen=True, env_file=FILE)

    store: str = "sqlite:///gridmap.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    lang: Literal["en", "zh"] = "en"
    names: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)] = ()
    upload_bytes: int = Field(default=200_000_000, ge=1)
    least: int = Field(default=5, ge=1)

    @classmethod
    def given(cls, **values: Any) -> Self:
        """Return the settings, with what a call gave and left open (None).

        Parameters
        ----------
        **values : Any
            Settings by name.

        Returns
        -------
        Settings
            The settings.

        Raises
        ------
        ValueRefused
            If a value of the environment or the file cannot be.
        """
        try:
            return cls(**{name: value for name, value in values.items() if value is not None})
        except ValidationError as cause:
            first = cause.errors()[0]
            name = f"GRIDMAP_{first['loc'][0]}".upper()
            said = {"name": name, "value": str(first["input"]), "file": FILE}
            raise ValueRefused("server.setting", **said) from cause
