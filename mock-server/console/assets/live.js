// What happens in the workspace, as it happens: lists that the pages share, kept up to date by the server's stream.

import { address, get, session } from "./api.js";
import { eachFrame } from "./dom.js";

/** How many rows of each list the console keeps. */
export const KEPT = 10_000;

/** A list of rows by id, in the order they came. */
class Log extends EventTarget {
  constructor() {
    super();
    this.rows = new Map();
    this.forgotten = 0;
    this.changed = eachFrame(() => this.dispatchEvent(new Event("change")));
  }

  put(row) {
    this.rows.set(row.id, row);
    while (this.rows.size > KEPT) {
      this.rows.delete(this.rows.keys().next().value);
      this.forgotten += 1;
    }
    this.changed();
  }

  load(rows, forgotten) {
    const newer = [...this.rows.values()];
    this.rows = new Map(rows.map((row) => [row.id, row]));
    for (const row of newer) this.rows.set(row.id, row);
    this.forgotten = forgotten;
    this.changed();
  }

  clear() {
    this.rows.clear();
    this.forgotten = 0;
    this.changed();
  }

  /** The rows that pass, newest first. */
  newest(pass) {
    const rows = [];
    for (const row of this.rows.values()) if (pass(row)) rows.push(row);
    return rows.reverse();
  }
}

export const requests = new Log();
export const deliveries = new Log();
export const bus = new EventTarget();
export const clock = { now: null, frozen: false, speed: 1, readAt: 0, progress: "auto", next_due: null };

let source = null;

/** What the workspace's clock shows. */
export function now() {
  if (!clock.now) return null;
  const passed = clock.frozen ? 0 : (Date.now() - clock.readAt) * clock.speed;
  return new Date(new Date(clock.now).getTime() + passed);
}

/** Takes over what the server said of the clock. */
export function readClock(read) {
  Object.assign(clock, read, { readAt: Date.now() });
  bus.dispatchEvent(new Event("clock"));
}

/** Reads the lists and follows the stream of the current workspace. */
export async function connect() {
  source?.close();
  const query = session.token ? { token: session.token } : {};
  source = new EventSource(address("/stream", query));
  const on = (kind, take) => source.addEventListener(kind, (message) => take(JSON.parse(message.data)));
  source.onopen = () => say("live", "good");
  source.onerror = () => say(source.readyState === EventSource.CLOSED ? "no connection" : "reconnecting", "warn");
  on("request", (row) => { requests.put(row); tell("request", row); });
  on("delivery", (row) => { deliveries.put(row); tell("delivery", row); });
  on("event", (row) => tell("event", row));
  on("clock", readClock);
  on("reset", () => { tell("reset"); });
  on("lost", () => refresh());
  await refresh();
}

// A browser opens six connections to a server at most: a page that nobody sees gives its own back.
function pause() {
  source?.close();
}

addEventListener("pagehide", pause);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) pause();
  else if (source) connect().catch(() => say("no connection", "warn"));
});

function tell(kind, detail) {
  bus.dispatchEvent(new CustomEvent(kind, { detail }));
}

/** Reads the lists anew. */
export async function refresh() {
  const [journal, sent, time] = await Promise.all([
    get("/requests", { limit: KEPT }),
    get("/webhooks/deliveries", { limit: KEPT }),
    get("/clock"),
  ]);
  requests.load(journal.requests, journal.forgotten);
  deliveries.load(sent.deliveries, sent.forgotten ?? 0);
  readClock(time);
}

function say(text, kind) {
  const link = document.getElementById("link");
  link.textContent = text;
  link.className = `chip ${kind}`;
}
