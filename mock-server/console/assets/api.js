// The control API, as the console uses it. Every call names the workspace.

/** What the whole console shares. */
export const session = {
  workspace: new URLSearchParams(location.search).get("workspace") || sessionStorage.getItem("workspace") || "default",
  token: sessionStorage.getItem("token") || "",
  vendors: [],
};

/** A refusal of the control API, with its place and what was expected. */
export class Refused extends Error {
  constructor(status, body) {
    const at = body?.pointer ? ` (at ${body.pointer})` : "";
    const expected = body?.expected ? ` Expected: ${body.expected}.` : "";
    super(`${body?.error ?? `The server answered ${status}`}${at}.${expected}`.replace("..", "."));
    this.status = status;
    this.body = body;
  }
}

/** The address of a path of the control API, with the workspace and a query. */
export function address(path, query = {}) {
  const url = new URL(`/__admin${path}`, location.origin);
  url.searchParams.set("workspace", session.workspace);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  return url;
}

/** Headers that say who is asking, where that is asked for. */
export function credentials() {
  return session.token ? { authorization: `Bearer ${session.token}` } : {};
}

/** Asks the control API; answers the JSON, or the text where it is none. */
export async function ask(method, path, { query, body } = {}) {
  const headers = credentials();
  if (body !== undefined) headers["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(address(path, query), { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Error("The server does not answer. Is it still running?");
  }
  const text = await response.text();
  let value = text;
  try { value = text === "" ? null : JSON.parse(text); } catch { /* plain text */ }
  if (response.status === 401 && !path.startsWith("/health")) document.dispatchEvent(new CustomEvent("token-wanted"));
  if (!response.ok) throw new Refused(response.status, value);
  return value;
}

export const get = (path, query) => ask("GET", path, { query });
export const post = (path, body, query) => ask("POST", path, { body, query });
export const put = (path, body) => ask("PUT", path, { body });
export const remove = (path) => ask("DELETE", path);

const contracts = new Map();

/** A vendor's contract. */
export async function contract(vendor) {
  if (!contracts.has(vendor)) contracts.set(vendor, get(`/openapi/${vendor}.json`));
  return contracts.get(vendor);
}
