// Classes and colours: sequential and diverging schemes of ColorBrewer, safe for the colour-blind.

const SEQUENTIAL = {
  1: ["#fd8d3c"],
  2: ["#fecc5c", "#f03b20"],
  3: ["#fecc5c", "#fd8d3c", "#e31a1c"],
  4: ["#ffffb2", "#fecc5c", "#fd8d3c", "#e31a1c"],
  5: ["#ffffb2", "#fecc5c", "#fd8d3c", "#f03b20", "#bd0026"],
  6: ["#ffffb2", "#fed976", "#feb24c", "#fd8d3c", "#f03b20", "#bd0026"],
  7: ["#ffffb2", "#fed976", "#feb24c", "#fd8d3c", "#fc4e2a", "#e31a1c", "#b10026"],
};

export const DIVERGING = ["#542788", "#998ec3", "#d8daeb", "#f7f7f7", "#fee0b6", "#f1a340", "#b35806"];
export const ZERO = "#ffffff";

/** A categorical scheme of eight (Okabe and Ito), for units and series. */
export const KINDS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#000000"];

/** Colours of the classes whose upper ends are `breaks`. */
export const ramp = (breaks) => SEQUENTIAL[Math.max(1, Math.min(7, breaks.length))];

/** The class a value falls in: the first whose upper end is not below it. */
export function classOf(value, breaks) {
  const at = breaks.findIndex((top) => value <= top);
  return at < 0 ? breaks.length - 1 : at;
}

/** Colour of each row {code, value} by its code; zero is white, whatever the classes. */
export function paint(rows, breaks, colours) {
  const painted = {};
  for (const { code, value } of rows) {
    painted[code] = value === 0 ? ZERO : colours[classOf(value, breaks)];
  }
  return painted;
}

/** Quantile classes of pooled values, for a legend that stays while time plays. */
export function quantiles(values, count = 5) {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (!sorted.length) return [];
  const tops = Array.from({ length: count }, (_, i) => sorted[Math.min(sorted.length - 1, Math.ceil(((i + 1) * sorted.length) / count) - 1)]);
  return [...new Set(tops)];
}
