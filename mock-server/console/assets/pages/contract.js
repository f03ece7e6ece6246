// What the documentation says: operations, variants, examples, and trying them.

import { contract as read, get, session } from "../api.js";
import { curl, operations, ready } from "../calls.js";
import { button, chip, choose, code, copy, debounce, evidence, field, fill, h, pretty, statusKind } from "../dom.js";
import { requests } from "../live.js";
import { resolved } from "../schema.js";

/** `#/contract/<vendor>/<operation>` */
export async function contract(root, page) {
  const vendor = page.parts[0] ?? session.vendors[0]?.vendor;
  const document = await read(vendor);
  const all = operations(document);
  const chosen = all.find((one) => one.operationId === page.parts[1]);
  const side = h("div");
  const detail = h("div");
  const search = h("input", { type: "search", "aria-label": "Find an operation", placeholder: "find…" });
  const list = () => fill(side, tree(vendor, all, document, chosen?.operationId, search.value.toLowerCase()));
  search.addEventListener("input", debounce(list, 100));
  fill(root,
    h("h1", "Contract"),
    h("div.row.end",
      field("Vendor", choose(session.vendors.map((one) => [one.vendor, one.title]), vendor, (value) => { location.hash = `#/contract/${value}`; })),
      field("Find", search),
      h("a.small", { href: `/__admin/openapi/${vendor}.json`, download: "" }, "OpenAPI document")),
    h("p"),
    h("a.back", { href: `#/contract/${vendor}`, hidden: !chosen }, "← all operations"),
    h("div.side", { class: chosen ? "chosen" : "" }, side, detail));
  list();
  if (chosen) operation(detail, vendor, chosen, document);
  else await coverage(detail, vendor, all);
}

function tree(vendor, all, document, current, text) {
  const found = all.filter((one) => `${one.operationId} ${one.method} ${one.path}`.toLowerCase().includes(text));
  const hooks = Object.keys(document.webhooks ?? {}).filter((name) => name.toLowerCase().includes(text));
  return h("nav.tree.card", { "aria-label": "Operations" },
    h("h2.small", `Operations (${found.length})`),
    found.length === 0 ? h("p.soft.small", "None is called so.") : h("ul", found.map((one) => h("li", h("a", {
      href: `#/contract/${vendor}/${encodeURIComponent(one.operationId)}`,
      "aria-current": one.operationId === current ? "true" : null,
    }, one.operationId)))),
    h("h2.small", `Webhooks (${hooks.length})`),
    h("ul", hooks.map((name) => h("li", h("a", { href: `#/events/${vendor}/${encodeURIComponent(name)}` }, name)))));
}

/** How often each operation was asked in this workspace, by the journal. */
function seen(vendor) {
  const counts = new Map();
  for (const row of requests.rows.values()) {
    if (row.vendor !== vendor || !row.operation) continue;
    const one = counts.get(row.operation) ?? { times: 0, statuses: new Set() };
    one.times += 1;
    one.statuses.add(row.status);
    counts.set(row.operation, one);
  }
  return counts;
}

async function coverage(root, vendor, all) {
  const told = (await get("/coverage")).vendors.find((one) => one.vendor === vendor);
  const counts = seen(vendor);
  const asked = all.filter((one) => counts.has(one.operationId)).length;
  const share = Math.round((100 * asked) / Math.max(1, all.length));
  const meter = h("span");
  meter.style.width = `${share}%`;
  fill(root, h("section.card", { "aria-label": "Coverage" },
    h("h2", "Coverage"),
    h("p", `${told?.items ?? "?"} documented requests and ${told?.responses ?? "?"} documented answers are in this contract. In this workspace ${asked} of ${all.length} operations were asked so far (${share} %).`),
    h("div.meter", { role: "img", "aria-label": `${share} % of the operations were asked` }, meter),
    h("p"),
    h("div.scroll", { tabIndex: 0 }, h("table",
      h("thead", h("tr", h("th", "Operation"), h("th", "Request"), h("th", "Evidence"), h("th", "Variants"), h("th", "Asked"), h("th", "Statuses seen"))),
      h("tbody", all.map((one) => {
        const count = counts.get(one.operationId);
        return h("tr",
          h("td", h("a", { href: `#/contract/${vendor}/${encodeURIComponent(one.operationId)}` }, one.operationId)),
          h("td.mono", `${one.method} ${one.path}`), h("td", evidence(one["x-evidence"])), h("td", one["x-variants"]?.length ?? 1),
          h("td", count?.times ?? 0), h("td", count ? [...count.statuses].sort().map((status) => [chip(status, statusKind(status)), " "]) : h("span.soft", "none")));
      }))))));
}

function operation(root, vendor, one, document) {
  const variants = one["x-variants"] ?? [];
  fill(root, h("section.card", { "aria-label": one.operationId },
    h("div.row", h("h2", one.operationId), evidence(one["x-evidence"]), one["x-additional"] && chip("not in the collection", "warn")),
    h("p.mono.break", `${one.method} ${one.path}`),
    one["x-aliases"]?.length ? h("p.small.soft", `also at ${one["x-aliases"].join(", ")}`) : null,
    one.summary && h("p", one.summary),
    one["x-quirks"]?.length ? [h("h3", "Quirks"), h("ul", one["x-quirks"].map((quirk) => h("li", quirk)))] : null,
    tryIt(vendor, one, variants),
    parameters([...one.shared, ...(one.parameters ?? [])], document),
    bodySchema(one.requestBody, document),
    h("h3", "Documented answers"),
    Object.entries(one.responses ?? {}).map(([status, response]) => answer(status, response))));
}

function tryIt(vendor, one, variants) {
  const options = variants.filter((variant) => variant.request);
  const base = session.vendors.find((item) => item.vendor === vendor).base_url.replace(/^https?:\/\/[^/]+/, location.origin);
  const variant = choose(options.map((item, index) => [String(index), item.name]), "0", () => load());
  const url = h("input", { "aria-label": "Address", class: "mono" });
  const headerText = h("textarea", { rows: 3, "aria-label": "Headers, one a line" });
  const bodyText = h("textarea", { rows: 10, spellcheck: false, "aria-label": "Body" });
  const result = h("div", { role: "status" });
  const examples = Object.entries(one.responses ?? {}).flatMap(([status, response]) =>
    Object.values(response.content ?? {}).flatMap((media) => Object.keys(media.examples ?? {}).map((name) => [name, `${status} ${name}`])));
  const prefer = choose([["", "whatever happens"], ...examples], "");
  const load = () => {
    const call = ready(one, options[Number(variant.value)]?.request, vendor, base);
    url.value = call.url;
    headerText.value = call.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
    bodyText.value = call.body ?? "";
    bodyText.hidden = call.body === undefined && ["GET", "HEAD"].includes(one.method);
  };
  const current = () => ({
    method: one.method,
    url: url.value,
    headers: [
      ...headerText.value.split("\n").filter((line) => line.includes(":")).map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]),
      ["x-mock-workspace", session.workspace],
      ...(prefer.value ? [["prefer", `example="${prefer.value}"`]] : []),
    ],
    body: bodyText.hidden || bodyText.value === "" ? undefined : bodyText.value,
  });
  const send = async () => {
    const call = current();
    const begun = performance.now();
    const response = await fetch(call.url, { method: call.method, headers: call.headers, body: call.body });
    const text = await response.text();
    let shown = text;
    try { shown = pretty(JSON.parse(text)); } catch { /* not JSON */ }
    fill(result, h("h3", "Answer"), h("div.row", chip(response.status, statusKind(response.status)), evidence(response.headers.get("x-mock-evidence")), h("span.small.soft", `${(performance.now() - begun).toFixed(0)} ms`), h("a", { href: "#/requests" }, "see it under Requests")), shown ? code(shown) : h("p.soft", "Without a body."));
  };
  load();
  return [h("h3", "Try it"),
    h("div.row.end", options.length ? field("Documented use", variant) : null, field("Answer", prefer), h("span.grow"), copy(() => curl(current()), "copy as curl"), button("Send", send, { kind: "primary" })),
    h("p"), field(`${one.method}`, url, { class: "wide" }), h("p"), field("Headers", headerText, { class: "wide" }), h("p"), bodyText, result];
}

function parameters(list, document) {
  if (!list.length) return null;
  return [h("h3", "Parameters"), h("div.scroll", { tabIndex: 0 }, h("table", h("tbody", list.map((one) => {
    const known = resolved(one, document);
    return h("tr", h("td.mono", known.name), h("td", known.in), h("td", known.required ? "required" : "optional"), h("td.mono", type(known.schema, document)), h("td", known.description ?? ""));
  }))))];
}

function type(schema, document) {
  const known = resolved(schema, document);
  const kind = [known.type ?? []].flat().join(" or ");
  return known.enum ? `${kind} ${known.enum.map((one) => JSON.stringify(one)).join(" | ")}` : kind;
}

function bodySchema(requestBody, document) {
  if (!requestBody) return null;
  return [h("h3", "Body"), Object.entries(resolved(requestBody, document).content ?? {}).map(([media, { schema }]) =>
    h("details", h("summary.small", media), h("pre", { tabIndex: 0 }, pretty(resolved(schema ?? {}, document)))))];
}

function answer(status, response) {
  const media = Object.entries(response.content ?? {});
  const examples = media.flatMap(([, content]) => Object.entries(content.examples ?? {}));
  return h("details", h("summary", chip(status, statusKind(Number(status))), " ", response.description ?? "", h("span.small.soft", ` ${examples.length} example${examples.length === 1 ? "" : "s"}`)),
    media.length === 0 ? h("p.soft.small", "Without a body.") : null,
    examples.map(([name, example]) => [h("div.row", h("strong.small", name), evidence(example["x-evidence"])), code(typeof example.value === "string" ? example.value : pretty(example.value), `Copy ${name}`)]));
}

