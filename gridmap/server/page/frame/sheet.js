// On a phone the panels are one sheet under the map that can be pulled up.

import { t } from "./i18n.js";

const HEIGHTS = ["low", "half", "full"];
const USUAL = "half";

export function createSheet(sheet, pull, state) {
  let from = null;
  const height = () => (HEIGHTS.includes(state.get().sheet) ? state.get().sheet : USUAL);
  const set = (name) => state.set({ sheet: name === USUAL ? "" : name }, { replace: true });

  function show() {
    const name = height();
    sheet.dataset.height = name;
    pull.textContent = t(name === "full" ? "sheet_down" : "sheet_up");
    pull.setAttribute("aria-expanded", String(name !== "low"));
  }

  pull.addEventListener("click", () => {
    if (from !== "dragged") set(HEIGHTS[(HEIGHTS.indexOf(height()) + 1) % 3]);
    from = null;
  });
  pull.addEventListener("pointerdown", (event) => {
    from = event.clientY;
    pull.setPointerCapture(event.pointerId);
  });
  pull.addEventListener("pointerup", (event) => {
    const moved = event.clientY - from;
    if (Math.abs(moved) < 16) return;
    const step = moved < 0 ? 1 : -1;
    set(HEIGHTS[Math.max(0, Math.min(2, HEIGHTS.indexOf(height()) + step))]);
    from = "dragged";
  });
  state.on(["sheet"], show);
  show();
}
