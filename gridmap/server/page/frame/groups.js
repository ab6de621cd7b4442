// Groups of controls are one stop for Tab; arrows walk within, Home and End go to the ends (the
// roving tabindex of the ARIA practices). Enter and Space press, as they do everywhere.

const CONTROLS = ":is(button, input[type=checkbox]):not(:disabled), a[href], [role=gridcell]";
const TAKEN = "[aria-current=true] *, [aria-pressed=true], [aria-selected=true], :checked";

/**
 * Make a group one stop for Tab, whatever it is filled with.
 *
 * columns: 1 for a list, where left and right stay free; more for a grid, where up and down go
 * from row to row; none where a row breaks as it fits and every arrow goes to the next.
 */
export function roving(group, columns = 0) {
  group.dataset.roving = columns;
  group.addEventListener("focusin", ({ target }) => settle(group, target));
  group.addEventListener("keydown", (event) => walk(event, group, columns));
  new MutationObserver(() => settle(group, document.activeElement)).observe(group, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  settle(group);
  return group;
}

/** A row of controls that belong together: a toolbar, as screen readers know it. */
export function toolbar(row, label) {
  row.setAttribute("role", "toolbar");
  if (label) row.setAttribute("aria-label", label);
  return roving(row);
}

const controlsOf = (group) => [...group.querySelectorAll(CONTROLS)];

/** Leave one stop: the control in use, else the one taken, else the first. */
function settle(group, used) {
  const all = controlsOf(group);
  const stop = all.find((one) => one === used) ?? all.find((one) => one.matches(TAKEN)) ?? all[0];
  for (const one of all) one.tabIndex = one === stop ? 0 : -1;
}

function walk(event, group, columns) {
  if (event.defaultPrevented || event.altKey || event.metaKey || event.ctrlKey) return;
  const all = controlsOf(group).filter((one) => one.checkVisibility());
  const at = all.indexOf(event.target);
  const to = at < 0 ? undefined : destination(event.key, at, all.length, columns);
  if (to === undefined) return;
  event.preventDefault();
  all[to]?.focus();
}

/** Where a key leads from a place among so many; what is beyond the ends is no place. */
function destination(key, at, count, columns) {
  const wide = columns || count;
  const [column, row] = [at % wide, at - (at % wide)];
  if (key === "Home") return columns > 1 ? row : 0;
  if (key === "End") return columns > 1 ? row + wide - 1 : count - 1;
  if (key === "ArrowDown") return at + (columns || 1);
  if (key === "ArrowUp") return at - (columns || 1);
  if (columns === 1 || !["ArrowLeft", "ArrowRight"].includes(key)) return undefined;
  const next = column + (key === "ArrowRight" ? 1 : -1);
  return next < 0 || next >= wide ? -1 : row + next;
}
