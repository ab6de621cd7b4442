"""Settings, from ``GRIDMAP_*`` and a file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a server needs to know; each value can be given as ``GRIDMAP_NAME``.

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
    upload_bytes : int
        Largest file that may be sent.
    least : int
        Smallest count shown to the public.
    """

    model_config = SettingsConfigDict(env_prefix="GRIDMAP_", frozen=True, env_file=".gridmap.env")

    store: str = "sqlite:///gridmap.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    lang: Literal["en", "zh"] = "en"
    names: tuple[str, ...] = ()
    upload_bytes: int = Field(default=200_000_000, ge=1)
    least: int = Field(default=5, ge=1)
