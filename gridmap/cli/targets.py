"""Where a command writes: refused before the work if it cannot be, so that nothing is half done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

GPKG = (".gpkg",)
HTML = (".html", ".htm")


def require_targets(
    targets: Iterable[tuple[Path | str | None, Iterable[str]]], kept: Iterable[Path | None]
) -> None:
    """Refuse files that cannot be written, or would take the place of one another.

    Parameters
    ----------
    targets : iterable of (path, endings)
        What the command writes, None and ``-`` left out, and what its name may end in; no endings
        mean any.
    kept : iterable of path
        Files that must not be written over: what it reads, None left out.

    Raises
    ------
    FileError
        Naming the first that cannot be.
    """
    from gridmap.errors import FileError
    from gridmap.files.kinds import suffix_of
    from gridmap.files.replace import require_writable

    taken = {each.resolve() for each in kept if each is not None}
    for target, endings in targets:
        if target in {None, "-"}:
            continue
        path = Path(str(target))
        if endings:
            suffix_of(str(path), dict.fromkeys(endings, ""), "files.kind_out")
        require_writable(path)
        if path.resolve() in taken:
            raise FileError("files.taken", path=str(path))
        taken.add(path.resolve())
