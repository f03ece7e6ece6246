// Where things are, what opens them, what time it is.

import { contract, get, post, session } from "../api.js";
import { curl, operations, ready } from "../calls.js";
import { button, chip, choose, code, copy, fill, h, instant } from "../dom.js";
import { bus, clock, now, readClock } from "../live.js";

/** `#/overview` */
export async function overview(root, page) {
  const endpoints = (await get("/webhooks/endpoints")).endpoints;
  fill(root,
    h("h1", "Overview"),
    h("p.soft", `${session.vendors.length} vendors, answered from this machine. Point a client's base URL at one of them; what it does shows under Requests.`),
    clockBar(page),
    hearing(endpoints),
    h("div.cards", await Promise.all(session.vendors.map(card))));
}

function clockBar(page) {
  const at = h("strong.mono");
  const due = h("span.soft.small");
  const freeze = button("Freeze", () => move({ freeze: !clock.frozen }));
  const speed = choose([["1", "real time"], ["60", "a minute a second"], ["3600", "an hour a second"]], String(clock.speed), (value) => move({ speed: Number(value) }), { "aria-label": "Speed of the clock" });
  const progress = choose([["auto", "when due"], ["instant", "at once"], ["manual", "only when nudged"]], clock.progress, (value) => move({ progress: value }), { "aria-label": "When messages progress" });
  const move = async (change) => readClock(await post("/clock", change));
  const show = () => {
    at.textContent = instant(now());
    freeze.textContent = clock.frozen ? "Let it run" : "Freeze";
    freeze.setAttribute("aria-pressed", String(clock.frozen));
    due.textContent = clock.next_due ? `next planned: ${instant(clock.next_due)}` : "nothing is planned";
    if (document.activeElement !== progress) progress.value = clock.progress;
    if (document.activeElement !== speed && [...speed.options].some((one) => one.value === String(clock.speed))) speed.value = String(clock.speed);
  };
  page.on(bus, "clock", show);
  page.every(250, show);
  show();
  return h("section.card", { "aria-label": "Clock" },
    h("div.row",
      h("h2", { class: "nowrap" }, "Clock"), at, freeze,
      [["+1 min", "1m"], ["+1 h", "1h"], ["+25 h", "25h"]].map(([label, by]) => button(label, () => move({ advance: by }))),
      button("until idle", () => move({ until: "idle" })),
      h("label.inline", "runs in", speed),
      h("label.inline", "messages progress", progress),
      due));
}

function hearing(endpoints) {
  const heard = endpoints.filter((one) => one.enabled);
  if (heard.length) {
    return h("p.notice", `${heard.length} endpoint${heard.length === 1 ? " hears" : "s hear"} webhooks. `, h("a", { href: "#/deliveries" }, "See deliveries"));
  }
  return h("p.notice.warn", "Nobody hears webhooks yet. ", h("a", { href: "#/deliveries?new" }, "Register an endpoint"), ", or start one with ", h("code", "mock-server listen"), ".");
}

async function card(vendor) {
  const document = await contract(vendor.vendor);
  const first = firstCall(document, vendor.vendor);
  const credentials = Object.entries(vendor.headers);
  return h("article.card", { "aria-label": vendor.title },
    h("div.row", h("h2", vendor.title), chip(`${vendor.operations} operations`), chip(`${vendor.webhooks} webhook${vendor.webhooks === 1 ? "" : "s"}`)),
    h("dl.facts",
      h("dt", "base URL"), h("dd", h("span.copyable", h("code", vendor.base_url), copy(vendor.base_url, "copy", `Copy the base URL of ${vendor.title}`))),
      h("dt", "instead of"), h("dd.small", vendor.hosts.join(", ")),
      credentials.map(([name, value]) => [h("dt", name), h("dd", h("span.copyable", h("code", value), copy(value, "copy", `Copy ${name} of ${vendor.title}`)))]),
      credentials.length === 0 && [h("dt", "credentials"), h("dd.small", "in the body: see the first call")]),
    first && [h("h3", "A first call"), code(curl(first), `Copy a first call to ${vendor.title}`)],
    h("div.row.small",
      h("a", { href: `#/contract/${vendor.vendor}` }, "Contract"),
      h("a", { href: `#/conversations/${vendor.vendor}` }, "Conversations"),
      h("a", { href: `#/state/${vendor.vendor}` }, "State"),
      h("a", { href: `/__admin/postman/${vendor.vendor}.postman_environment.json`, download: "" }, "Postman environment"), h("a", { href: `/__admin/postman/${vendor.vendor}.postman_collection.json`, download: "" }, "Postman collection")));
}

/** The simplest documented call: a list without a parameter in its path, else the first one there is. */
function firstCall(document, vendor) {
  const all = operations(document).filter((one) => one["x-variants"]?.[0]?.request);
  const plain = all.find((one) => one.method === "GET" && !one.path.includes("{")) ?? all.find((one) => !one.path.includes("{")) ?? all[0];
  return plain && ready(plain, plain["x-variants"][0].request, vendor);
}
