// Talks to /api/v1 and /tiles. Errors are problem+json and carry a sentence for the reader.

const ROOT = "/api/v1";

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** Query text of an object; lists repeat their name and keep what is empty, else that is left out. */
export function query(values) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && (one !== "" || Array.isArray(value))) pairs.append(name, one);
    }
  }
  const text = pairs.toString();
  return text ? `?${text}` : "";
}

/**
 * working(on) is told whenever requests begin or all have ended, slow(on) when some take longer
 * than a reader should have to wonder about.
 */
export function createApi({ language, working, slow }) {
  let sent = 0;
  let waiting = 0;

  /** From the question until its answer has been read there is work under way. */
  async function during(run) {
    working(++sent > 0);
    try {
      return await run();
    } finally {
      working(--sent > 0);
    }
  }

  async function ask(method, path, { body, headers = {}, signal, quiet = false } = {}) {
    const form = body instanceof FormData || body instanceof Blob;
    const options = { method, signal, headers: { "Accept-Language": language(), ...headers } };
    if (body !== undefined) {
      options.body = form ? body : JSON.stringify(body);
      if (!form) options.headers["Content-Type"] = "application/json";
    }
    let shown = false;
    const timer = setTimeout(() => {
      shown = !quiet;
      if (shown) slow(++waiting > 0);
    }, 300);
    try {
      const answer = await fetch(path.startsWith("/tiles/") ? path : ROOT + path, options);
      if (!answer.ok) throw await problemOf(answer, path);
      return answer;
    } finally {
      clearTimeout(timer);
      if (shown) slow(--waiting > 0);
    }
  }

  /** Refused may mean that the session has ended: then that is told. */
  async function problemOf(answer, path) {
    const problem = new Problem(answer.status, await answer.json().catch(() => ({})));
    return [401, 403].includes(answer.status) && path !== "/session" ? Object.assign(problem, await api.refused()) : problem;
  }

  const send = (method, path, options) => during(() => ask(method, path, options));
  const read = async (answer) => (answer.status === 204 ? null : answer.json());
  const early = new Map();
  /** The answer that was asked for ahead, to be had once; or a new one. */
  const take = (path, options) => {
    const answer = early.get(path) ?? send("GET", path, options);
    early.delete(path);
    return answer;
  };
  const api = {
    root: ROOT,
    /** What is to be told of a refusal besides, {message, act: {text, run}}: set by who knows the session. */
    refused: async () => null,
    /** The raw answer, for headers and files. */
    send,
    get: (path, values = {}, options = {}) =>
      during(async () => {
        const found = await read(await take(path + query(values), options));
        options.signal?.throwIfAborted(); // also where it was asked for ahead, without the signal
        return found;
      }),
    /** Ask for what will be wanted soon; the next get of the same takes it, with its error if it has one. */
    ahead(path, values = {}) {
      const answer = send("GET", path + query(values));
      answer.catch(() => {});
      early.set(path + query(values), answer);
    },
    post: (path, body, options = {}) => during(async () => read(await send("POST", path, { body, ...options }))),
    put: (path, body, options = {}) => during(async () => read(await send("PUT", path, { body, ...options }))),
    patch: (path, body, options = {}) => during(async () => read(await send("PATCH", path, { body, ...options }))),
    remove: (path, options = {}) => during(async () => read(await send("DELETE", path, options))),
  };
  return api;
}
