// The frame of the console: which page is shown, in which workspace, at what time.

import { get, post, session } from "./api.js";
import { button, chip, dialog, field, fill, h, instant, toast } from "./dom.js";
import { bus, clock, connect, deliveries, now, requests } from "./live.js";
import { contract } from "./pages/contract.js";
import { conversations } from "./pages/conversations.js";
import { deliveriesPage } from "./pages/deliveries.js";
import { events } from "./pages/events.js";
import { faults } from "./pages/faults.js";
import { overview } from "./pages/overview.js";
import { requestsPage } from "./pages/requests.js";
import { scenarios } from "./pages/scenarios.js";
import { state } from "./pages/state.js";

const PAGES = [
  ["overview", "Overview", overview],
  ["requests", "Requests", requestsPage],
  ["events", "Events", events],
  ["deliveries", "Deliveries", deliveriesPage],
  ["conversations", "Conversations", conversations],
  ["scenarios", "Scenarios", scenarios],
  ["contract", "Contract", contract],
  ["state", "State", state],
  ["faults", "Faults and chaos", faults],
];

const view = document.getElementById("view");
let leave = [];
let shown = "";

/** Shows the page that the address names: `#/page/part/part?key=value`. */
async function route() {
  const [path, query = ""] = (location.hash.slice(2) || "overview").split("?");
  const [name, ...parts] = path.split("/").map(decodeURIComponent);
  const [key, title, page] = PAGES.find(([one]) => one === name) ?? PAGES[0];
  for (const link of document.querySelectorAll("#nav a")) {
    if (link.dataset.page === key) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${title} · Mock vendors`;
  for (const stop of leave.splice(0)) stop();
  const context = {
    parts,
    query: new URLSearchParams(query),
    /** Listens until the page is left. */
    on(target, event, listener) {
      target.addEventListener(event, listener);
      leave.push(() => target.removeEventListener(event, listener));
    },
    /** Calls until the page is left. */
    every(pause, work) {
      const timer = setInterval(work, pause);
      leave.push(() => clearInterval(timer));
    },
  };
  const root = h("div");
  fill(view, root);
  try {
    await page(root, context);
  } catch (error) {
    fill(root, h("h1", title), h("p.notice.bad", error.message));
  }
  if (shown && shown !== key) view.focus({ preventScroll: true });
  shown = key;
}

function navigation() {
  const counts = { requests: h("span.soft.small"), deliveries: h("span.soft.small") };
  fill(document.getElementById("nav"), PAGES.map(([key, title]) =>
    h("a", { href: `#/${key}`, "data-page": key }, title, counts[key])));
  const count = () => {
    counts.requests.textContent = requests.rows.size || "";
    counts.deliveries.textContent = deliveries.rows.size || "";
  };
  requests.addEventListener("change", count);
  deliveries.addEventListener("change", count);
}

function time() {
  const chipElement = document.getElementById("now");
  const show = () => {
    const at = now();
    chipElement.textContent = at ? `${instant(at)}${clock.frozen ? " (frozen)" : clock.speed !== 1 ? ` (×${clock.speed})` : ""}` : "";
    chipElement.className = `chip mono ${clock.frozen ? "warn" : ""}`;
  };
  bus.addEventListener("clock", show);
  setInterval(show, 250);
}

async function workspaces() {
  const select = document.getElementById("workspace");
  const { workspaces: known } = await get("/workspaces");
  const names = [...new Set([session.workspace, "default", ...known.map((one) => one.name)])].sort();
  fill(select, names.map((name) => h("option", { value: name, selected: name === session.workspace }, name)), h("option", { value: "" }, "new…"));
  select.onchange = async () => {
    const name = select.value || await named();
    if (!name) { select.value = session.workspace; return; }
    await enter(name);
  };
}

function named() {
  return dialog("A new workspace", (done) => {
    const name = h("input", { required: true, pattern: "[A-Za-z0-9._\\-]{1,64}", autofocus: true });
    return h("form", { onsubmit: async (event) => {
      event.preventDefault();
      try { await post("/workspaces", { name: name.value }); done(name.value); } catch (error) { toast(error.message, true); }
    } },
      h("p.soft", "A workspace has state, a clock, a journal and endpoints of its own. Requests choose it by the header X-Mock-Workspace or by /w/<name> before the vendor's path."),
      field("Name: letters, digits, dashes, dots", name),
      h("p"), h("div.row", h("button.primary", { type: "submit" }, "Make it"), button("Cancel", () => done(null))));
  });
}

async function enter(name) {
  session.workspace = name;
  sessionStorage.setItem("workspace", name);
  session.vendors = await get("/vendors");
  requests.clear();
  deliveries.clear();
  await connect();
  await workspaces();
  await route();
}

function theme() {
  const set = (name) => {
    if (name) document.documentElement.dataset.theme = name;
    else delete document.documentElement.dataset.theme;
  };
  set(localStorage.getItem("theme"));
  document.getElementById("theme").onclick = () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const current = localStorage.getItem("theme") ?? (dark ? "dark" : "light");
    const next = current === "dark" ? "light" : "dark";
    localStorage.setItem("theme", next);
    set(next);
  };
}

let asking = false;

/** Asks for the token of a server that wants one. */
async function askToken() {
  if (asking) return;
  asking = true;
  const token = await dialog("This server wants its admin token", (done) => {
    const input = h("input", { type: "password", autofocus: true, autocomplete: "off" });
    return h("form", { onsubmit: (event) => { event.preventDefault(); done(input.value); } },
      h("p.soft", "It was given by --admin-token, or printed when the server started."),
      field("Token", input), h("p"), h("button.primary", { type: "submit" }, "Go on"));
  });
  asking = false;
  if (token) {
    session.token = token;
    sessionStorage.setItem("token", token);
    await start();
  }
}

async function start() {
  session.vendors = await get("/vendors");
  await connect();
  await workspaces();
  await route();
}

theme();
navigation();
time();
document.addEventListener("token-wanted", askToken);
addEventListener("hashchange", route);
start().catch((error) => {
  if (error.status === 401) return;
  fill(view, h("h1", "No answer"), h("p.notice.bad", error.message), chip("reload to try again"));
});

