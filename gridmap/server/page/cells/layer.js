// Adding a layer somebody sent: the file, and what helps to read it.

import { button, field, h } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { follow } from "../frame/jobs.js";
import { form } from "./forms.js";

const KINDS = ".gpkg,.geojson,.json,.gz,.zip,.parquet,.fgb,.kml";

/** The button that asks for a layer; added(number) is told when it is read. */
export function layerButton(ctx, work, added) {
  function ask() {
    const file = h("input", { type: "file", accept: KINDS, required: true, "data-key": "layer-file" });
    const boundary = h("input", { type: "file", accept: KINDS, "data-key": "layer-boundary" });
    const code = h("input", { maxlength: "200", autocomplete: "off", "data-key": "layer-code" });
    const crs = h("input", { maxlength: "200", placeholder: "EPSG:4547", autocomplete: "off", "data-key": "layer-crs" });
    const fields = [field(t("cells.layer_file"), file), field(t("cells.layer_boundary"), boundary), h("div", { class: "fields" }, field(t("cells.layer_code"), code), field(t("cells.layer_crs"), crs))];
    form(t("add_layer"), fields, t("cells.layer_add"), async () => {
      const body = new FormData();
      body.append("file", file.files[0]);
      if (boundary.files[0]) body.append("boundary", boundary.files[0]);
      if (code.value.trim()) body.append("code", code.value.trim());
      if (crs.value.trim()) body.append("cells_crs", crs.value.trim());
      read(await ctx.api.post("/references", body));
    });
  }

  async function read(job) {
    try {
      added((await follow(ctx, job, work)).reference);
    } catch (error) {
      ctx.notify(error);
    }
  }
  return button(t("add_layer"), ask, { "data-key": "add-layer" });
}
