// The order of a table, kept in the address: "code", or "-n" from the highest down.

const textOf = ({ key, down }) => `${down ? "-" : ""}${key}`;

function read(text, columns) {
  const key = (text ?? "").replace(/^-/, "");
  return columns.some((column) => column.key === key) ? { key, down: text.startsWith("-") } : null;
}

/** For createTable: the order the address asks for under a name, else the usual one; a turn is kept. */
export function orderIn(state, name, columns, usual) {
  const turned = (order) => state.set({ [name]: textOf(order) === textOf(usual) ? "" : textOf(order) }, { replace: true });
  return { sorted: read(state.get()[name], columns) ?? usual, turned };
}
