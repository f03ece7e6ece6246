// What was asked and answered, as it happens.

import { get, post, remove, session } from "../api.js";
import { bodyText, curlOf } from "../calls.js";
import { button, chip, choose, clockTime, code, copy, debounce, dialog, download, empty, evidence, field, fill, h, instant, pretty, statusKind } from "../dom.js";
import { KEPT, deliveries, requests } from "../live.js";
import { Rows } from "../rows.js";

const filter = { vendor: "", text: "", status: "", findings: false };

/** `#/requests` and `#/requests/<id>` */
export async function requestsPage(root, page) {
  const chosen = page.parts[0] ? Number(page.parts[0]) : null;
  const count = h("p.small.soft", { role: "status" });
  const list = new Rows({
    name: "requests",
    label: "Requests, newest first",
    key: (row) => row.id,
    draw: (row) => drawn(row, row.id === chosen),
    nothing: () => requests.rows.size ? "No request passes these filters." : ["No request yet. Copy a call from the ", h("a", { href: "#/overview" }, "overview"), ", or try one under ", h("a", { href: "#/contract" }, "Contract"), "."],
  });
  const show = () => {
    const rows = requests.newest(passes);
    list.set(rows);
    const before = requests.forgotten ? ` ${requests.forgotten} older ones are no longer known.` : "";
    count.textContent = `${rows.length} of ${requests.rows.size} requests${requests.rows.size >= KEPT ? ` (the newest ${KEPT} are shown)` : ""}.${before}`;
  };
  const set = (name) => (value) => { filter[name] = value; show(); };
  const detail = h("div");
  fill(root,
    h("h1", "Requests"),
    h("div.row.end",
      field("Vendor", choose([["", "all"], ...session.vendors.map((one) => [one.vendor, one.title])], filter.vendor, set("vendor"))),
      field("Path, operation or method", h("input", { value: filter.text, type: "search", oninput: debounce((event) => set("text")(event.target.value), 120) })),
      field("Status", choose([["", "all"], ["2", "2xx"], ["3", "3xx"], ["4", "4xx"], ["5", "5xx"]], filter.status, set("status"))),
      h("label.inline", h("input", { type: "checkbox", checked: filter.findings, onchange: (event) => set("findings")(event.target.checked) }), "only with findings"),
      h("span.grow"),
      button("Empty the journal", async () => { await remove("/requests"); requests.clear(); location.hash = "#/requests"; })),
    count,
    chosen === null ? list.element : h("div.split.chosen", list.element, detail));
  page.on(requests, "change", show);
  show();
  if (chosen !== null) await showDetail(detail, chosen);
}

function passes(row) {
  const text = filter.text.toLowerCase();
  return (!filter.vendor || row.vendor === filter.vendor)
    && (!filter.status || String(row.status)[0] === filter.status)
    && (!filter.findings || row.findings > 0)
    && (!text || `${row.method} ${row.target} ${row.operation ?? ""}`.toLowerCase().includes(text));
}

function drawn(row, current) {
  return h("a", { href: `#/requests/${row.id}`, "aria-current": current ? "true" : null },
    h("span.when.mono.soft", clockTime(row.at)),
    h("span.who.soft", row.operation ? `${row.vendor} · ${row.operation}` : row.vendor ?? "no vendor"),
    h("span.verb", row.method),
    h("span.what.mono", row.target),
    h("span", row.findings ? [chip(`${row.findings} finding${row.findings === 1 ? "" : "s"}`, "warn"), " "] : null, chip(row.status, statusKind(row.status))),
    h("span.took.small.soft", `${(row.micros / 1000).toFixed(1)} ms`));
}

async function showDetail(root, id) {
  let exchange;
  try {
    exchange = await get(`/requests/${id}`);
  } catch (error) {
    fill(root, h("div.card", empty(error.status === 404 ? "This request is no longer in the journal." : error.message)));
    return;
  }
  const { request, answer } = exchange;
  const header = (name) => answer.headers.find(([one]) => one.toLowerCase() === name)?.[1];
  fill(root, h("section.card", { "aria-label": `Request ${id}` },
    h("div.row", h("h2.break", h("span.verb", request.method), " ", request.target), h("span.grow"), h("a", { href: "#/requests" }, "close")),
    h("div.row",
      chip(answer.status, statusKind(answer.status)),
      exchange.operation ? h("a", { href: `#/contract/${exchange.vendor}/${encodeURIComponent(exchange.operation)}` }, exchange.operation) : chip("no such operation", "bad"),
      evidence(header("x-mock-evidence")),
      h("span.small.soft", `${instant(exchange.at)}, ${(exchange.micros / 1000).toFixed(1)} ms`)),
    h("p"),
    h("div.row",
      copy(() => curlOf(exchange), "copy as curl"),
      button("make a scenario", () => record(id)),
      copy(() => pretty(exchange), "copy all as JSON")),
    findings(exchange.findings),
    near(exchange),
    h("h3", "Request"), headers(request.headers), body(request.body, "The request has no body."),
    h("h3", "Answer"), headers(answer.headers), body(answer.body, "The answer has no body."),
    h("h3", "What it caused"), caused(exchange)));
}

function findings(list) {
  if (!list?.length) return null;
  return [h("h3", "Findings against the contract"), list.map((one) => h("div.notice.warn",
    h("p", one.message ?? one.reason ?? pretty(one)),
    h("p.small.soft", [one.kind, one.place, one.pointer && `at ${one.pointer}`].filter(Boolean).join(" · "), " ", evidence(one.evidence))))];
}

function near(exchange) {
  if (exchange.operation || !exchange.near?.length) return null;
  return [h("h3", "The nearest operations"), h("table", h("tbody", exchange.near.map((one) => h("tr",
    h("td.mono", `${one.method} ${one.path}`),
    h("td", h("a", { href: `#/contract/${exchange.vendor}/${encodeURIComponent(one.operation)}` }, one.operation)),
    h("td.soft", one.reason)))))];
}

/** Headers, folded away. */
export function headers(list) {
  if (!list?.length) return null;
  return h("details", h("summary.small", `${list.length} headers`),
    h("div.scroll", { tabIndex: 0 }, h("table", h("tbody", list.map(([name, value]) => h("tr", h("td.mono.nowrap", name), h("td.mono", value)))))));
}

/** A kept body. */
export function body(kept, nothing) {
  if (!kept) return h("p.soft.small", nothing);
  const text = kept.json !== undefined ? pretty(kept.json) : bodyText(kept);
  const cut = kept.truncated ? h("p.notice.warn.small", `Only the first ${kept.kept ?? "part"} of ${kept.bytes} bytes were kept.`) : null;
  if (text === undefined) return [h("p.soft.small", `${kept.bytes} bytes that are not text.`), cut];
  return [text === "" ? h("p.soft.small", "Empty.") : code(text), cut];
}

function caused(exchange) {
  const rows = [...deliveries.rows.values()].filter((one) => one.cause === exchange.id);
  const told = exchange.caused ?? [];
  if (!told.length && !rows.length) return h("p.soft.small", "No webhooks so far.");
  return h("ul", told.map((one) => {
    const sent = rows.filter((row) => row.event_id === one.id);
    return h("li", h("span.mono", one.name ?? one.event), " ", sent.length
      ? sent.map((row) => [h("a", { href: `#/deliveries/${row.id}` }, `delivery ${row.id}`), ` ${row.state} `])
      : h("span.soft.small", "heard by nobody"));
  }));
}

async function record(id) {
  const made = await post("/scenarios/record", { requests: [id], name: `from-request-${id}` });
  await dialog("A scenario of this request", (done) => [
    h("p.soft", "Save it and run it with ", h("code", "mock-server scenario run <file>"), "."),
    code(made.yaml),
    h("div.row", button("Download", () => download(`from-request-${id}.yaml`, made.yaml, "application/yaml"), { kind: "primary" }), button("Close", () => done(null))),
  ]);
}
