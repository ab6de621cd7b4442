"""The sheet a crew takes along: an HTML page that prints on A4, black on white."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from gridmap.messages import text
from gridmap.patrol.drawing import COLOURS, drawing
from gridmap.patrol.minimums import minimums

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridmap.patrol.model import Patrol
    from gridmap.patrol.solution import Route, Solution, Visit
    from gridmap.patrol.track import Track
    from gridmap.streets.network import Network

MINUTE = 60
STYLE = """
@page { size: A4; margin: 12mm; }
body { font: 10.5pt/1.35 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
  sans-serif; color: #000; background: #fff; max-width: 186mm; margin: 0 auto;
  font-variant-numeric: tabular-nums; }
section { break-after: page; padding-top: 1mm; }
section:last-of-type { break-after: auto; }
h1 { font-size: 15pt; margin: 0 0 1mm; } h2 { font-size: 11.5pt; margin: 4mm 0 1mm; }
p { margin: 0 0 2mm; }
table { border-collapse: collapse; width: 100%; }
thead { display: table-header-group; }
th { text-align: left; font-weight: 600; border-bottom: 1.2pt solid #000; }
th.of { border: 0; padding: 4mm 0 1mm; font-size: 11.5pt; }
td { border-bottom: .4pt solid #999; vertical-align: top; }
th, td { padding: .7mm 1.5mm; } tr { break-inside: avoid; }
td.n, th.n { text-align: right; white-space: nowrap; }
td.box::before { content: ""; display: inline-block; width: 3.4mm; height: 3.4mm;
  border: .8pt solid #000; }
tr.break td { font-style: italic; }
svg { width: 100%; max-height: 118mm; border: .6pt solid #888; break-inside: avoid; }
.streets { fill: none; stroke: #bbb; stroke-width: .5; }
.halo { fill: none; stroke: #fff; stroke-width: 4; stroke-linejoin: round; }
.way { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
svg text { font: 600 9px system-ui, sans-serif; text-anchor: middle; }
svg .scale path { fill: none; stroke: #000; stroke-width: 1.2; }
svg .scale text { text-anchor: start; stroke: #fff; stroke-width: 3; paint-order: stroke; }
svg text.name { font: 7px system-ui, "Noto Sans CJK SC", sans-serif; fill: #444; stroke: #fff;
  stroke-width: 2; paint-order: stroke; }
i.key { display: inline-block; width: 9pt; height: 9pt; margin-right: 2mm;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
"""


def sheet(
    patrol: Patrol,
    solution: Solution,
    tracks: Mapping[str, Track],
    streets: Network,
    lang: str = "en",
) -> str:
    """Return the sheet of a night.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    solution : Solution
        The routes.
    tracks : mapping of str to Track
        The drawn way of each unit.
    streets : Network
        Streets to draw underneath.
    lang : str
        Language of the reader.

    Returns
    -------
    str
        A page without scripts and without anything from elsewhere: first the whole night, then a
        page a unit.
    """
    say = _Words(lang)
    rows = [(number, route, tracks[route.unit]) for number, route in enumerate(solution.routes)]
    title = f"{say('sheet_title')} {patrol.shift.start:%Y-%m-%d}"
    sections = [_night(patrol, solution, tracks, drawing(patrol, rows, streets, title), say)]
    for number, route, drawn in rows:
        picture = drawing(patrol, [(number, route, drawn)], streets, route.unit)
        sections.append(_unit(patrol, (number, route, drawn), picture, say))
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        + "".join(sections)
        + "</body></html>\n"
    )


class _Words:
    """Texts of the sheet in one language, ready for HTML."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, key: str, **values: object) -> str:
        return escape(text(f"patrol.{key}", values, self.lang))

    def raw(self, key: str, values: Mapping[str, object]) -> str:
        return escape(text(f"patrol.{key}", values, self.lang))


def _night(
    patrol: Patrol, solution: Solution, tracks: Mapping[str, Track], picture: str, say: _Words
) -> str:
    shift = patrol.shift
    head = (
        f"<h1>{say('sheet_title')}</h1><p>{shift.start:%Y-%m-%d %H:%M} – "
        f"{shift.end:%Y-%m-%d %H:%M} ({escape(str(shift.start.tzinfo))})</p>"
    )
    rows = "".join(
        f'<tr><td><i class="key" style="background:{COLOURS[n % len(COLOURS)]}"></i>'
        f"{escape(route.unit)}</td><td>{say('mode_' + patrol.units[n].mode)}</td>"
        f'<td class="n">{shift.at(route.leave):%H:%M}</td>'
        f'<td class="n">{shift.at(route.back):%H:%M}</td>'
        f'<td class="n">{sum(bool(v.stop) for v in route.visits)}</td>'
        f'<td class="n">{tracks[route.unit].metres / 1000:.1f} km</td></tr>'
        for n, route in enumerate(solution.routes)
    )
    table = (
        f"<table><thead><tr><th>{say('unit')}</th><th>{say('mode')}</th>"
        f'<th class="n">{say("leave")}</th><th class="n">{say("back")}</th>'
        f'<th class="n">{say("visits")}</th><th class="n">{say("way")}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
    below = _minimums(patrol, solution, say) + _unserved(solution, say)
    return f"<section>{head}{picture}{table}{below}</section>"


def _minimums(patrol: Patrol, solution: Solution, say: _Words) -> str:
    rows = "".join(
        f"<p><strong>{escape(row.line(say.lang))}</strong></p>"
        if row.unmet
        else f"<p>{escape(row.title(say.lang))}{text('page.colon', lang=say.lang)}"
        f"{row.visited} / {row.wanted}</p>"
        for row in minimums(patrol, solution.routes)
    )
    return f"<h2>{say('minimums')}</h2>{rows}" if rows else ""


def _unserved(solution: Solution, say: _Words) -> str:
    rows = "".join(
        f'<tr><td>{escape(item.stop)}</td><td class="n">{item.missing}</td>'
        f"<td>{say.raw('reason_' + item.reason, item.values)}</td></tr>"
        for item in solution.unserved
    )
    if not rows:
        return f"<p>{say('all_served')}</p>"
    return (
        f"<h2>{say('unserved')}</h2><table><thead><tr><th>{say('stop')}</th>"
        f'<th class="n">{say("missing_visits")}</th><th>{say("reason")}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _unit(patrol: Patrol, row: tuple[int, Route, Track], picture: str, say: _Words) -> str:
    number, route, drawn = row
    unit, at = patrol.units[number], patrol.shift.at
    head = (
        f"<h1>{escape(unit.name)}</h1><p>{say('mode_' + unit.mode)} · "
        f"{at(route.leave):%Y-%m-%d %H:%M} – {at(route.back):%H:%M} · "
        f"{drawn.metres / 1000:.1f} km</p>"
    )
    ranks, rows = 0, []
    for visit in route.visits:
        ranks += bool(visit.stop)
        rows.append(_row(patrol, visit, ranks, say))
    table = (
        f'<table><thead><tr><th class="of" colspan="6">{say("stops")} · {escape(unit.name)}</th>'
        f'</tr><tr><th></th><th class="n">#</th><th class="n">{say("arrive")}</th>'
        f'<th class="n">{say("leave")}</th><th>{say("stop")}</th><th>{say("category")}</th>'
        f"</tr></thead><tbody>{''.join(rows)}"
        f'<tr><td></td><td></td><td class="n">{at(route.back):%H:%M}</td><td></td>'
        f"<td>{say('back')}</td><td></td></tr></tbody></table>"
    )
    return f"<section>{head}{picture}{table}</section>"


def _row(patrol: Patrol, visit: Visit, rank: int, say: _Words) -> str:
    at = patrol.shift.at
    times = f'<td class="n">{at(visit.arrive):%H:%M}</td><td class="n">{at(visit.leave):%H:%M}</td>'
    if not visit.stop:
        return f'<tr class="break"><td></td><td></td>{times}<td>{say("break")}</td><td></td></tr>'
    stop = next(stop for stop in patrol.stops if stop.name == visit.stop)
    must = f" · {say('required')}" if stop.required else ""
    must += f" · {say('wait_minutes', minutes=visit.wait // 60)}" if visit.wait >= MINUTE else ""
    return (
        f'<tr><td class="box"></td><td class="n">{rank}</td>{times}'
        f"<td>{escape(stop.name)}{must}</td><td>{escape(stop.category)}</td></tr>"
    )
