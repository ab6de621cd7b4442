// Long work on the server: its progress shown, its end awaited, a button to stop it.

import { button, fill, h } from "./dom.js";
import { n, t } from "./i18n.js";

const PAUSE = 300;

/** Await a job, showing it in an element; answers its result, throws its error. */
export async function follow({ api }, job, element) {
  let now = job;
  while (["queued", "running"].includes(now.state)) {
    show(api, now, element);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    now = await api.get(`/jobs/${job.id}`, {}, { quiet: true });
  }
  fill(element);
  if (now.state === "failed") throw new Error(now.error.detail);
  if (now.state === "cancelled") throw new Error(t("job_cancelled"));
  return now.result;
}

function show(api, job, element) {
  const known = job.total > 0;
  const bar = h("progress", { max: known ? job.total : null, "aria-label": t("job_running") });
  if (known) bar.value = job.done;
  const words = known ? counted(job) : t("job_running");
  fill(element, h("div", { class: "tight" }, h("p", { role: "status" }, words), bar, h("div", {}, button(t("cancel"), () => api.remove(`/jobs/${job.id}`), { "data-key": "cancel-job" }))));
}

/** What is done; of work that is counted also how much in a second, and how long it will take. */
function counted({ done, total, unit, rate, seconds_left: left }) {
  if (!unit) return t("job_at", { done: n(done), total: n(total) });
  const size = unit === "bytes" ? 1e6 : 1;
  const parts = [t(`job_${unit}`, { done: n(done / size), total: n(total / size) })];
  if (rate) parts.push(t("job_rate", { rate: n(rate / size) }));
  if (left !== null) parts.push(left < 60 ? t("seconds_left", { count: Math.ceil(left) }) : t("minutes_left", { count: Math.ceil(left / 60) }));
  return parts.join(" · ");
}
