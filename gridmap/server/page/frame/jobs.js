// Long work on the server: its progress shown, its end awaited, a button to stop it.

import { button, fill, h } from "./dom.js";
import { n, t } from "./i18n.js";

const PAUSE = 300;

/**
 * Await a job, showing it in an element; answers its result, throws its error.
 *
 * say(job) tells how far it is, halt {text, key} names the button that ends it.
 */
export async function follow({ api }, job, element, { say = counted, halt = { text: t("cancel"), key: "cancel-job" } } = {}) {
  const bar = h("progress", { "aria-label": t("job_running") });
  const words = h("p", { role: "status" });
  // a job that has ended meanwhile cannot be stopped: its end is told below
  const stop = () => api.remove(`/jobs/${job.id}`).catch(() => {});
  const shown = h("div", { class: "tight" }, words, bar, h("div", {}, button(halt.text, stop, { "data-key": halt.key })));
  let now = job;
  fill(element, shown);
  try {
    while (["queued", "running"].includes(now.state)) {
      if (now.total > 0) Object.assign(bar, { max: now.total, value: now.done });
      const text = say(now);
      if (words.textContent !== text) words.textContent = text;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      now = await api.get(`/jobs/${job.id}`, {}, { quiet: true });
    }
  } finally {
    if (shown.isConnected) fill(element);
  }
  if (now.state === "failed") throw new Error(now.error.detail);
  if (now.state === "cancelled") throw new Error(t("job_cancelled"));
  return now.result;
}

/** What is done; of work that is counted also how much in a second, and how long it will take. */
function counted({ done, total, unit, rate, seconds_left: left }) {
  if (!(total > 0)) return t("job_running");
  if (!unit) return t("job_at", { done: n(done), total: n(total) });
  const size = unit === "bytes" ? 1e6 : 1;
  const parts = [t(`job_${unit}`, { done: n(done / size), total: n(total / size) })];
  if (rate) parts.push(t("job_rate", { rate: n(rate / size) }));
  if (left !== null) parts.push(left < 60 ? t("seconds_left", { count: Math.ceil(left) }) : t("minutes_left", { count: Math.ceil(left / 60) }));
  return parts.join(" · ");
}
