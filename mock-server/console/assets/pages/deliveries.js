// Webhooks on their way: who hears them, what became of each attempt, and trying again.

import { ask, address, credentials, get, post, put, remove, session } from "../api.js";
import { attempt as guarded, button, chip, choose, clockTime, confirmed, debounce, dialog, download, empty, field, fill, h, instant, pretty, stateKind, statusKind, toast } from "../dom.js";
import { KEPT, deliveries } from "../live.js";
import { Rows } from "../rows.js";
import { body, headers } from "./requests.js";

const filter = { vendor: "", event: "", endpoint: "", state: "", class: "" };
const STATES = ["pending", "scheduled", "delivered", "failed", "suppressed", "withheld", "dropped"];
const CLASSES = ["connect", "timeout", "tls", "reset", "redirect", "status"];

/** `#/deliveries`, `#/deliveries/<id>`, `#/deliveries?new` */
export async function deliveriesPage(root, page) {
  const chosen = page.parts[0] ? Number(page.parts[0]) : null;
  const count = h("p.small.soft", { role: "status" });
  const detail = h("div");
  const list = new Rows({
    name: "deliveries",
    label: "Deliveries, newest first",
    key: (row) => row.id,
    draw: (row) => drawn(row, row.id === chosen),
    nothing: () => deliveries.rows.size ? "No delivery passes these filters." : ["No delivery yet. Register an endpoint above, then send a message through the API, write as a customer under ", h("a", { href: "#/conversations" }, "Conversations"), ", or trigger an ", h("a", { href: "#/events" }, "event"), "."],
  });
  const show = () => {
    const rows = deliveries.newest(passes);
    list.set(rows);
    count.textContent = `${rows.length} of ${deliveries.rows.size} deliveries${deliveries.rows.size >= KEPT ? ` (the newest ${KEPT} are shown)` : ""}.${deliveries.forgotten ? ` ${deliveries.forgotten} older ones are no longer known.` : ""}`;
  };
  const set = (name) => (value) => { filter[name] = value; show(); };
  const endpoints = h("div");
  fill(root,
    h("h1", "Deliveries"),
    endpoints,
    h("div.row.end",
      field("Vendor", choose([["", "all"], ...session.vendors.map((one) => [one.vendor, one.title])], filter.vendor, set("vendor"))),
      field("Event", h("input", { type: "search", value: filter.event, oninput: debounce((event) => set("event")(event.target.value), 120) })),
      field("Endpoint", h("input", { type: "search", value: filter.endpoint, oninput: debounce((event) => set("endpoint")(event.target.value), 120) })),
      field("State", choose([["", "all"], ...STATES], filter.state, set("state"))),
      field("Failed by", choose([["", "anything"], ...CLASSES], filter.class, set("class"))),
      h("span.grow"),
      button("Redeliver these…", bulk),
      choose([["", "Export…"], ["har", "HAR"], ["ndjson", "NDJSON"], ["curl", "curl"]], "", exported, { "aria-label": "Export these deliveries" })),
    count,
    chosen === null ? list.element : h("div.split.chosen", list.element, detail));
  await showEndpoints(endpoints, page.query.has("new"));
  page.on(deliveries, "change", show);
  show();
  if (chosen !== null) {
    const again = debounce(() => showDetail(detail, chosen), 80);
    let known = deliveries.rows.get(chosen);
    page.on(deliveries, "change", () => {
      const row = deliveries.rows.get(chosen);
      if (row && row !== known) { known = row; again(); }
    });
    await showDetail(detail, chosen);
  }
}

function passes(row) {
  return (!filter.vendor || row.vendor === filter.vendor)
    && (!filter.event || row.event.includes(filter.event))
    && (!filter.endpoint || row.endpoint.includes(filter.endpoint) || (row.url ?? "").includes(filter.endpoint))
    && (!filter.state || row.state === filter.state)
    && (!filter.class || row.failure === filter.class);
}

function drawn(row, current) {
  return h("a", { href: `#/deliveries/${row.id}`, "aria-current": current ? "true" : null },
    h("span.when.mono.soft", clockTime(row.at)),
    h("span.who.soft", row.vendor),
    h("span.mono", row.event),
    h("span.where.mono.soft", row.url ?? row.endpoint),
    h("span", row.attempts > 1 ? [h("span.small.soft", `${row.attempts} attempts `)] : null, row.status ? [chip(row.status, statusKind(row.status)), " "] : row.failure ? [chip(row.failure, "bad"), " "] : null, chip(row.state, stateKind(row.state))));
}

/** The exact filter of the list, as the server takes it. */
function asked() {
  const ids = deliveries.newest(passes);
  const { vendor, state } = filter;
  const events = new Set(ids.map((row) => row.event));
  const endpoints = new Set(ids.map((row) => row.endpoint));
  const only = (set, text) => !text ? undefined : set.size === 1 ? [...set][0] : null;
  const query = { vendor: vendor || undefined, state: state || undefined, class: filter.class || undefined, event: only(events, filter.event), endpoint: only(endpoints, filter.endpoint) };
  if (query.event === null || query.endpoint === null) throw new Error("This filter shows several events or endpoints by a part of their name. Narrow it down to one, or leave it empty.");
  return query;
}

async function bulk() {
  const query = asked();
  const { count } = await post("/webhooks/deliveries/redeliver", { filter: query });
  if (count === 0) return toast("No delivery passes these filters");
  const words = Object.entries(query).filter(([, value]) => value).map(([name, value]) => `${name} ${value}`).join(", ");
  if (!await confirmed("Redeliver", `${count} deliver${count === 1 ? "y" : "ies"} (${words || "all that are known"}) will be sent once more, newly signed.`, `Redeliver ${count}`)) return;
  const done = await post("/webhooks/deliveries/redeliver", { filter: query, confirm: count });
  toast(Object.entries(done.verdicts).map(([verdict, n]) => `${n} ${verdict.replaceAll("_", " ")}`).join(", ") || `${done.count} sent`);
}

async function exported(format) {
  if (!format) return;
  const response = await fetch(address("/webhooks/deliveries/export", { format, ...asked() }), { headers: credentials() });
  if (!response.ok) return toast((await response.json()).error, true);
  download(`deliveries.${format === "curl" ? "sh" : format}`, await response.text(), "text/plain");
}

async function showEndpoints(root, open) {
  const { endpoints } = await get("/webhooks/endpoints");
  const again = () => showEndpoints(root, false);
  const add = () => edit(null).then((done) => done && again());
  fill(root, h("section.card", { "aria-label": "Endpoints" },
    h("div.row", h("h2", "Endpoints"), h("span.grow"), button("Register an endpoint", add, { kind: endpoints.some((one) => one.enabled) ? "" : "primary" })),
    endpoints.length === 0
      ? h("p.soft", "Nobody hears webhooks yet. ", h("code", "mock-server listen"), " starts a receiver to try things with.")
      : h("div.scroll", { tabIndex: 0 }, h("table",
        h("thead", h("tr", h("th", "Vendor"), h("th", "Address"), h("th", "Events"), h("th", "Sent as"), h("th", "State"), h("th", h("span", "Change")))),
        h("tbody", endpoints.map((one) => row(one, again)))))));
  if (open) add();
}

function row(endpoint, again) {
  const path = `/webhooks/endpoints/${encodeURIComponent(endpoint.id)}`;
  const sent = [endpoint.content_type ?? "json", signatureName(endpoint.signature), endpoint.auth?.kind && endpoint.auth.kind !== "none" && endpoint.auth.kind].filter(Boolean).join(", ");
  return h("tr",
    h("td", endpoint.vendor), h("td.mono", endpoint.url), h("td", endpoint.events?.length ? endpoint.events.join(", ") : "all"), h("td", sent),
    h("td", endpoint.enabled ? chip("enabled", "good") : chip(endpoint.disabled_because ?? "disabled", "warn")),
    h("td", h("div.row",
      button(endpoint.enabled ? "Disable" : "Enable", async () => { const { disabled_because, failures, ...rest } = endpoint; await put(path, { ...rest, enabled: !endpoint.enabled }); await again(); }, { kind: "tiny", "aria-label": `${endpoint.enabled ? "Disable" : "Enable"} ${endpoint.url}` }),
      button("Change", async () => { if (await edit(endpoint)) await again(); }, { kind: "tiny", "aria-label": `Change ${endpoint.url}` }),
      button("Remove", async () => { await remove(path); await again(); }, { kind: "tiny danger", "aria-label": `Remove ${endpoint.url}` }))));
}

function signatureName(signature) {
  if (!signature || signature === "none" || signature.kind === "none") return "";
  return `signed (${signature.kind ?? Object.keys(signature)[0]})`;
}

function edit(endpoint) {
  return dialog(endpoint ? "Change an endpoint" : "Register an endpoint", (done) => {
    const vendor = choose(session.vendors.map((one) => [one.vendor, one.title]), endpoint?.vendor);
    const url = h("input", { type: "url", required: true, value: endpoint?.url ?? "http://127.0.0.1:", size: 44 });
    const chosenEvents = h("input", { value: (endpoint?.events ?? []).join(", "), placeholder: "all", size: 44 });
    const type = choose(["json", "form", "multipart"], endpoint?.content_type ?? "json");
    const kind = endpoint?.signature?.kind ?? "none";
    const signature = choose([["none", "none"], ["meta", "Meta (X-Hub-Signature-256)"], ["standard", "Standard Webhooks"], ...(["none", "meta", "standard"].includes(kind) ? [] : [[kind, kind]])], kind);
    const secret = h("input", { value: endpoint?.signature?.secret ?? "", placeholder: "secret" });
    const extra = h("textarea", { rows: 3, value: Object.entries(endpoint?.headers ?? {}).map(([name, value]) => `${name}: ${value}`).join("\n"), placeholder: "X-Header: value" });
    const save = async (event) => {
      event.preventDefault();
      const { disabled_because, failures, ...kept } = endpoint ?? {};
      const made = {
        ...kept,
        vendor: vendor.value,
        url: url.value,
        enabled: endpoint?.enabled ?? true,
        events: chosenEvents.value.split(",").map((one) => one.trim()).filter(Boolean),
        content_type: type.value,
        headers: Object.fromEntries(extra.value.split("\n").filter((line) => line.includes(":")).map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()])),
      };
      if (signature.value === "none") delete made.signature;
      else made.signature = { ...endpoint?.signature, kind: signature.value, secret: secret.value };
      if (endpoint) await put(`/webhooks/endpoints/${encodeURIComponent(endpoint.id)}`, made);
      else await post("/webhooks/endpoints", made);
      done(true);
    };
    return h("form", { onsubmit: guarded(save) },
      h("div.row.end", field("Vendor", vendor), field("Address", url)),
      h("p"), field("Events or channels, with commas between; all when empty", chosenEvents),
      h("p"), h("div.row.end", field("Sent as", type), field("Signature", signature), field("Signing secret", secret)),
      h("p"), field("Further headers, one a line", extra),
      h("p"), h("div.row", h("button.primary", { type: "submit" }, endpoint ? "Save" : "Register"), button("Cancel", () => done(null))));
  });
}

async function showDetail(root, id) {
  let delivery;
  try {
    delivery = await get(`/webhooks/deliveries/${id}`);
  } catch (error) {
    fill(root, h("div.card", empty(error.status === 404 ? "This delivery is no longer known." : error.message)));
    return;
  }
  const again = async (more, said) => {
    const attempt = await ask("POST", `/webhooks/deliveries/${id}/redeliver`, { body: more });
    toast(`${said}: ${attempt.verdict ? attempt.verdict.replaceAll("_", " ") : attempt.answer?.status ?? attempt.failure?.class ?? "sent"}`);
    await showDetail(root, id);
  };
  const attempts = delivery.attempts ?? [];
  const last = attempts.at(-1);
  fill(root, h("section.card", { "aria-label": `Delivery ${id}` },
    h("div.row", h("h2", delivery.event), chip(delivery.state, stateKind(delivery.state)), last?.verdict && chip(last.verdict.replaceAll("_", " "), ["fixed", "still_passing"].includes(last.verdict) ? "good" : "bad"), h("span.grow"), h("a", { href: "#/deliveries" }, "close")),
    h("dl.facts",
      h("dt", "to"), h("dd.mono", delivery.url ?? delivery.endpoint),
      h("dt", "made"), h("dd", instant(delivery.at)),
      delivery.next_attempt && [h("dt", "next attempt"), h("dd", instant(delivery.next_attempt))],
      delivery.cause && [h("dt", "caused by"), h("dd", h("a", { href: `#/requests/${delivery.cause}` }, `request ${delivery.cause}`))],
      delivery.reason && [h("dt", "because"), h("dd", delivery.reason)],
      delivery.chaos?.length ? [h("dt", "chaos"), h("dd", delivery.chaos.join(", "))] : null,
      h("dt", "message id"), h("dd.mono", delivery.message_id)),
    h("div.row",
      button("Redeliver", () => again({}, "Redelivered"), { kind: "primary" }),
      button("Same bytes, same signature", () => again({ resign: false }, "Sent as before")),
      button("Edit and redeliver", () => editBody(delivery, again))),
    h("h3", `Attempts (${attempts.length})`),
    attempts.length === 0 ? h("p.soft", "None yet.") : h("ol.timeline", attempts.map(shownAttempt).reverse()),
    h("h3", "Payload"), body(delivery.payload, "No payload.")));
}

function shownAttempt(attempt) {
  const good = attempt.answer && attempt.answer.status >= 200 && attempt.answer.status < 300 && !attempt.failure;
  return h("li", { class: good ? "good" : "bad" },
    h("div.row",
      h("strong", `#${attempt.number}`), attempt.manual && chip("by hand"),
      attempt.answer && chip(attempt.answer.status, statusKind(attempt.answer.status)),
      attempt.failure && chip(attempt.failure.class, "bad"),
      attempt.verdict && chip(attempt.verdict.replaceAll("_", " "), ["fixed", "still_passing"].includes(attempt.verdict) ? "good" : "bad"),
      (attempt.chaos ?? []).map((one) => chip(one, "warn")),
      h("span.small.soft", `${instant(attempt.at)}, ${(attempt.micros / 1000).toFixed(1)} ms`)),
    attempt.failure && h("p.small", attempt.failure.message),
    attempt.signature && h("p.small", h("strong", "Signature: "), attempt.signature.explained, " ", h("code.break", `${attempt.signature.header}: ${attempt.signature.value}`)),
    h("details", h("summary.small", "Sent"), headers(attempt.request?.headers), body(attempt.request?.body, "No body.")),
    attempt.answer && h("details", { open: !good }, h("summary.small", "Answered"), headers(attempt.answer.headers), body(answerBody(attempt.answer), "No body.")));
}

function answerBody(answer) {
  if (!answer.body) return null;
  return answer.truncated ? { ...answer.body, truncated: true } : answer.body;
}

async function editBody(delivery, again) {
  const text = delivery.payload?.json !== undefined ? pretty(delivery.payload.json) : delivery.payload?.text ?? "";
  await dialog("Edit and redeliver", (done) => {
    const editor = h("textarea", { rows: 18, value: text, "aria-label": "Payload" });
    return [editor, h("p.small.soft", "It is signed anew. The delivery keeps its id."), h("div.row",
      button("Send", async () => {
        let value;
        try { value = { body: JSON.parse(editor.value) }; } catch { value = { raw: editor.value }; }
        await again(value, "Sent as edited");
        done(true);
      }, { kind: "primary" }), button("Cancel", () => done(null)))];
  });
}

