"""Build the page when the package is built."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface):
    """A wheel carries the page that was built of its sources, and nothing of earlier builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page and name its files."""
        sys.path.insert(0, self.root)
        from build_page import build

        root = Path(self.root)
        build_data["artifacts"] += [f"/{path.relative_to(root)}" for path in build(root)]
