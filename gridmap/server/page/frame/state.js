// The view is what the address bar says: a flat object of texts and lists. Nothing else holds it.

const LISTS = new Set(["category", "source", "status", "weekday", "hour", "places", "fold"]);

function read() {
  const view = {};
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (LISTS.has(name)) (view[name] ??= []).push(value);
    else view[name] = value;
  }
  return view;
}

function write(view) {
  const pairs = new URLSearchParams();
  for (const name of Object.keys(view).sort()) {
    const value = view[name];
    if (Array.isArray(value)) for (const one of value) pairs.append(name, one);
    else if (value !== undefined && value !== null && value !== "") pairs.append(name, value);
  }
  // The camera reads better with its slashes, and they are legal in a query.
  const text = pairs.toString().replaceAll("%2F", "/").replaceAll("%3A", ":");
  return text ? `?${text}` : location.pathname;
}

/** A list that holds the empty text is not an empty list. */
const textOf = (value) => (Array.isArray(value) && value.length ? JSON.stringify(value.map(String)) : String(value ?? ""));
const same = (one, other) => textOf(one) === textOf(other);

export function createState() {
  let view = read();
  const listeners = new Set();

  function tell(before) {
    const changed = new Set([...Object.keys(before), ...Object.keys(view)].filter((name) => !same(before[name], view[name])));
    if (changed.size) for (const [names, listener] of [...listeners]) if (!names || names.some((name) => changed.has(name))) listener(view, changed);
  }

  /**
   * Change some of the view; undefined removes. A choice makes a step that "back" returns to;
   * what moves by itself (camera, play) replaces the step.
   */
  function set(patch, { replace = false } = {}) {
    const before = view;
    view = { ...view, ...patch };
    for (const name of Object.keys(view)) if (view[name] === undefined || view[name] === "" || view[name]?.length === 0) delete view[name];
    if (Object.keys({ ...before, ...view }).every((name) => same(before[name], view[name]))) return;
    history[replace ? "replaceState" : "pushState"](null, "", write(view));
    tell(before);
  }

  addEventListener("popstate", () => {
    const before = view;
    view = read();
    tell(before);
  });

  return {
    get: () => view,
    set,
    /** The address of the view with some of it changed. */
    address: (patch) => write({ ...view, ...patch }),
    /** Call listener(view, changed names) when one of names changes; returns what ends it. */
    on(names, listener) {
      const entry = [names, listener];
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
}
