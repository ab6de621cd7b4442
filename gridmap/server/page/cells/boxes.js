// Bounds of what is drawn.

/** Bounds [west, south, east, north] of a geometry, whatever its kind. */
export function boxOf(geometry, place) {
  const box = place ? [...place, ...place] : [Infinity, Infinity, -Infinity, -Infinity];
  const take = (part) => {
    if (typeof part[0] !== "number") return part.forEach(take);
    [box[0], box[1]] = [Math.min(box[0], part[0]), Math.min(box[1], part[1])];
    [box[2], box[3]] = [Math.max(box[2], part[0]), Math.max(box[3], part[1])];
  };
  for (const one of geometry.geometries ?? [geometry]) take(one.coordinates);
  return box;
}
