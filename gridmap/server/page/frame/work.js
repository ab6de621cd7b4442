// What is under way: the frame is busy until all of it has come to rest.

import { byId } from "./dom.js";

const work = new Set();

/** Say that a part ("map", "requests") is at work or at rest: the frame is busy while one is. */
export function working(part, on) {
  work[on ? "add" : "delete"](part);
  byId("frame").setAttribute("aria-busy", String(work.size > 0));
}

/** Run a function once the calls have stopped for a while; until then there is work to be done. */
export function settled(run, milliseconds) {
  const part = Symbol("settled");
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    working(part, true);
    timer = setTimeout(() => {
      try {
        run(...values);
      } finally {
        working(part, false);
      }
    }, milliseconds);
  };
}

/** Run a function once at a time: pressed again before it has ended, a button does nothing more. */
export function once(run) {
  let running = false;
  return async (...values) => {
    if (running) return;
    running = true;
    try {
      await run(...values);
    } finally {
      running = false;
    }
  };
}
