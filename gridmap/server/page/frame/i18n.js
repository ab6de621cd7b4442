// Texts in the reader's language, numbers and dates written its way.

let texts = {};
let lang = "en";
let zone;
let number = new Intl.NumberFormat("en");

export async function useLanguage(wanted, api) {
  texts = await api.get(`/messages/${wanted}`);
  lang = wanted;
  number = new Intl.NumberFormat(locale(), { maximumFractionDigits: 2 });
  document.documentElement.lang = wanted === "zh" ? "zh-CN" : "en";
}

const HOUSEHOLDS = "_households";

/** Words of a plan that weighs its cells in households: they stand beside those for people. */
export function useWeight(counts) {
  if (`_${counts}` !== HOUSEHOLDS) return;
  for (const key of Object.keys(texts)) if (key.endsWith(HOUSEHOLDS)) texts[key.slice(0, -HOUSEHOLDS.length)] = texts[key];
}

/** Times are shown in the city's zone, whatever the reader's clock says. */
export function useZone(name) {
  zone = name;
}

export const language = () => lang;
const locale = () => (lang === "zh" ? "zh-CN" : "en-US");

/** The text of a key of the page's catalogue ("page." is understood), its placeholders filled; a number chooses
 *  words: `{count} {count:cell|cells}`. */
export function t(key, values = {}) {
  const template = texts[key.includes(".") ? key : `page.${key}`];
  if (template === undefined) return key;
  return template.replace(/\{(\w+)(?::([^{}|]*)\|([^{}]*))?\}/g, (whole, name, one, other) => {
    const value = values[name];
    if (other !== undefined) return value === 1 ? one : other;
    return value === undefined ? whole : typeof value === "number" ? n(value) : value;
  });
}

/** Whether the catalogue has a key. */
export const has = (key) => texts[key.includes(".") ? key : `page.${key}`] !== undefined;

/** A number with thousands separators and no more digits than mean something. */
export function n(value, digits) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const fixed = digits === undefined ? null : { maximumFractionDigits: digits, minimumFractionDigits: digits };
  const text = fixed ? value.toLocaleString(locale(), fixed) : Math.abs(value) >= 100 ? Math.round(value).toLocaleString(locale()) : number.format(Number(value.toPrecision(3)));
  return text.replace("-", "−");
}

/** A name and what it is: "Period: 2015". */
export const pair = (name, words) => `${name}${t("colon")}${words}`;

/** A part of 1 in percent, as the language writes it. */
export const percent = (part, digits) => t("incidents.so_many_percent", { value: n(100 * part, digits) });

/** A change, its sign always shown. */
export const signed = (value, digits) => (value > 0 && Number(value.toFixed(digits ?? 9)) ? `+${n(value, digits)}` : n(value, digits));

/** A day as ISO text. */
export const day = (text) => (text ?? "").slice(0, 10);

/** A moment in the city's zone as a table writes it: 2016-06-30 15:00. */
export function stamp(text, dayOnly = false) {
  if (!text) return "–";
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", ...(dayOnly ? {} : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }), timeZone: zone };
  return new Intl.DateTimeFormat("sv-SE", parts).format(new Date(text));
}

/** A moment in the city's zone, as people of this language write it. */
export function moment(text, dayOnly = false) {
  if (!text) return "–";
  const parts = { dateStyle: "medium", ...(dayOnly ? {} : { timeStyle: "short" }), timeZone: zone };
  return new Intl.DateTimeFormat(locale(), parts).format(new Date(text));
}

/** What a chart writes under a moment (seconds, UTC): the year in January, else the month or day. */
export function tick(second, step) {
  const date = new Date(second * 1000);
  const write = (parts) => new Intl.DateTimeFormat(locale(), { ...parts, timeZone: "UTC" }).format(date);
  if (step > 300 * 86400 || (date.getUTCMonth() === 0 && date.getUTCDate() === 1)) return String(date.getUTCFullYear());
  return write(date.getUTCDate() === 1 ? { month: "short" } : { month: "short", day: "numeric" });
}

/** Monday to Sunday, short. */
export function weekdays() {
  const format = new Intl.DateTimeFormat(locale(), { weekday: "short", timeZone: "UTC" });
  return Array.from({ length: 7 }, (_, index) => format.format(Date.UTC(2024, 0, 1 + index)));
}
