// Colours of the map in the system's light or dark.

export const LIGHT = { ground: "#f4f5f3", street: "#c3c9ce", major: "#a3abb3", name: "#3d4853", halo: "#ffffff", border: "#66727e", chosen: "#10181f", accent: "#0b5cad", opacity: 0.68 };
export const DARK = { ground: "#12171d", street: "#46535f", major: "#687785", name: "#c6d0da", halo: "#12171d", border: "#8f9dab", chosen: "#fefefe", accent: "#79b6f2", opacity: 0.82 };

export const dark = matchMedia("(prefers-color-scheme: dark)");

export const inks = () => (dark.matches ? DARK : LIGHT);
