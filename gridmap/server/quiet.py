"""Whether visitors are being served: work that nobody waits for stands back meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

SILENCE = 0.3
"""Seconds without a request after which a page is taken to be there."""
LOOK = 0.05


class Quiet:
    """What is known of the requests being answered."""

    def __init__(self) -> None:
        self.busy = 0
        self.last = 0.0

    def wait(self, until: float) -> None:
        """Return once no visitor is being served.

        Parameters
        ----------
        until : float
            Moment of the monotonic clock from which on work goes on whoever comes.
        """
        while (now := time.monotonic()) < until:
            if not self.busy and now - self.last >= SILENCE:
                return
            time.sleep(LOOK)


class Noise:
    """Middleware that notes which requests are being answered.

    Parameters
    ----------
    app : ASGI app
        What stands behind.
    quiet : Quiet
        Where it is noted.
    """

    def __init__(self, app: ASGIApp, quiet: Quiet) -> None:
        self._app = app
        self._quiet = quiet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        quiet = self._quiet
        quiet.busy += 1
        try:
            await self._app(scope, receive, send)
        finally:
            quiet.busy -= 1
            quiet.last = time.monotonic()
