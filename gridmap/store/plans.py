"""Plans in the store: drafts, their versions, and what is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
import sqlalchemy as sa

from gridmap.errors import Conflict, NotFound
from gridmap.store import cells as cells_
from gridmap.store import schema
from gridmap.store import versions as rows_
from gridmap.store.files import Original, add_file
from gridmap.store.grids import Grids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from gridmap.grid.model import Grid
    from gridmap.store.versions import Plan

PLANS, CHANGES = schema.plans, schema.changes


class Plans(Grids):
    """Plans in the store.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def all(self) -> list[Plan]:
        """Return every plan, the newest first.

        Returns
        -------
        list of Plan
            Drafts, published and retired ones.
        """
        return [
            rows_.plan_of(row)
            for row in self._database.rows(rows_.select().order_by(PLANS.c.id.desc()))
        ]

    def get(self, plan: int) -> Plan:
        """Return one plan.

        Parameters
        ----------
        plan : int
            Its number.

        Returns
        -------
        Plan
            The plan.

        Raises
        ------
        NotFound
            If there is none.
        """
        with self._database.read() as connection:
            return rows_.get(connection, plan)

    def add(
        self,
        name: str,
        grid: Grid,
        weight: str | None = None,
        by: str = "",
        original: Original | None = None,
        rules: Mapping[str, Any] | None = None,
    ) -> Plan:
        """Store a Grid as a new draft.

        Parameters
        ----------
        name : str
            Name of the plan.
        grid : Grid
            Its cells, in EPSG:4326, each code once.
        weight : str, optional
            Column with the people or households of each cell.
        by : str
            Who does it.
        original : Original, optional
            The file the cells came from, kept beside them.
        rules : mapping, optional
            What the city asks of its cells, as in ``RULES.toml``.

        Returns
        -------
        Plan
            The draft.
        """
        boundary = None if grid.boundary is None else shapely.to_wkb(grid.boundary)
        with self._database.write("plans") as connection:
            if original is not None:
                add_file(connection, "grid", original)
            values = {"levels": list(grid.levels), "weight": weight, "boundary": boundary}
            values["rules"] = dict(rules or {})
            plan = rows_.new_plan(connection, name, values)
            head = rows_.new_version(connection, plan, None, None, by)
            cells_.add_cells(connection, head, grid.cells)
            return rows_.put(connection, plan, head=head)

    def draft(self, name: str, source: int, by: str = "") -> Plan:
        """Make a draft that starts as another plan stands now.

        Parameters
        ----------
        name : str
            Name of the draft.
        source : int
            The plan to start from.
        by : str
            Who does it.

        Returns
        -------
        Plan
            The draft.

        Raises
        ------
        NotFound
            If there is no such plan.
        """
        with self._database.write("plans") as connection:
            row = connection.execute(sa.select(PLANS).where(PLANS.c.id == source)).mappings()
            old = row.one_or_none()
            if old is None:
                raise NotFound("store.no_plan", plan=source)
            values = {name: old[name] for name in ("levels", "weight", "boundary", "rules")}
            plan = rows_.new_plan(connection, name, values)
            head = rows_.new_version(connection, plan, old["head"], None, by)
            return rows_.put(connection, plan, head=head)

    def save(
        self,
        plan: int,
        expected: int,
        removed: Sequence[str],
        added: gpd.GeoDataFrame,
        edit: Mapping[str, Any],
        by: str = "",
        boundary: shapely.Geometry | None = None,
    ) -> Plan:
        """Store an edit as a new version and let the draft stand there.

        Parameters
        ----------
        plan : int
            Number of the draft.
        expected : int
            Version the edit was made on.
        removed : sequence of str
            Codes whose cells go.
        added : GeoDataFrame
            Cells that come, indexed by code, in EPSG:4326.
        edit : mapping
            The edit, as in ``EDITS.json``.
        by : str
            Who does it.
        boundary : geometry, optional
            The boundary, if it has gained vertices.

        Returns
        -------
        Plan
            The draft as it stands now.

        Raises
        ------
        Conflict
            If the plan is published.
        Stale
            If somebody saved first.
        """
        with self._database.write("plans") as connection:
            rows_.require_draft(connection, plan, expected)
            outline = None if boundary is None else shapely.to_wkb(boundary)
            head = rows_.new_version(connection, plan, expected, dict(edit), by, outline)
            gone = [
                {"version": head, "cell": cell, "added": False}
                for cell in cells_.cells_at(connection, expected, removed)
            ]
            if len(gone) != len(removed):
                raise NotFound("store.no_cell", codes=", ".join(removed))
            if gone:
                connection.execute(sa.insert(CHANGES), gone)
            cells_.add_cells(connection, head, added)
            return rows_.put(connection, plan, head=head)

    def undo(self, plan: int, expected: int) -> Plan:
        """Let a draft stand at the version before.

        Parameters
        ----------
        plan : int
            Number of the draft.
        expected : int
            Version it is thought to stand at.

        Returns
        -------
        Plan
            The draft as it stands now.

        Raises
        ------
        Conflict
            If there is nothing to undo, the plan is published, or somebody saved first.
        """
        version = self.version(expected)
        if version.edit is None or version.parent is None:
            raise Conflict("store.nothing_to_undo")
        return self._move(plan, expected, version.parent)

    def redo(self, plan: int, expected: int) -> Plan:
        """Let a draft stand at the version last made from this one.

        Parameters
        ----------
        plan : int
            Number of the draft.
        expected : int
            Version it is thought to stand at.

        Returns
        -------
        Plan
            The draft as it stands now.

        Raises
        ------
        Conflict
            If there is nothing to redo, the plan is published, or somebody saved first.
        """
        following = self.next(plan, expected)
        if following is None:
            raise Conflict("store.nothing_to_redo")
        return self._move(plan, expected, following)

    def _move(self, plan: int, expected: int, target: int) -> Plan:
        with self._database.write("plans") as connection:
            rows_.require_draft(connection, plan, expected)
            return rows_.put(connection, plan, head=target)
