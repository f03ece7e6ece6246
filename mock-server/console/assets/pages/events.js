// Every webhook of every vendor: filled in, checked, sent.

import { get, post, session } from "../api.js";
import { button, chip, choose, debounce, empty, evidence, field, fill, h, pretty, stateKind, toast } from "../dom.js";
import { form } from "../form.js";

/** `#/events` and `#/events/<vendor>/<event>` */
export async function events(root, page) {
  const [vendor, name] = page.parts;
  const all = await get("/events");
  const detail = h("div");
  fill(root,
    h("h1", "Events"),
    h("p.soft", "Choose a webhook, change what it says, send it to whoever listens. It is checked against the contract before it leaves."),
    h("a.back", { href: "#/events", hidden: !name }, "← all events"),
    h("div.side", { class: name ? "chosen" : "" }, tree(all, vendor, name), detail));
  const event = all.find((one) => one.vendor === vendor && one.event === name);
  if (event) await composer(detail, event);
  else fill(detail, h("div.card", empty("Choose an event from the list.")));
}

function tree(all, vendor, name) {
  return h("nav.tree.card", { "aria-label": "Events by vendor" }, session.vendors.map((one) => {
    const own = all.filter((event) => event.vendor === one.vendor);
    return h("details", { open: vendor ? one.vendor === vendor : true },
      h("summary", `${one.title} `, h("span.soft.small", own.length)),
      own.length === 0 ? h("p.soft.small", "No webhooks.") : h("ul", own.map((event) => h("li", h("a", {
        href: `#/events/${one.vendor}/${encodeURIComponent(event.event)}`,
        "aria-current": one.vendor === vendor && event.event === name ? "true" : null,
      }, event.event)))));
  }));
}

async function composer(root, event) {
  const { endpoints } = await get("/webhooks/endpoints", { vendor: event.vendor });
  const result = h("div", { role: "status" });
  const verdict = h("div", { role: "status" });
  const formRoot = h("div.form");
  const editor = h("textarea", { rows: 26, spellcheck: false, "aria-label": "Payload as JSON" });
  const example = choose(event.examples.map((one) => one.name), undefined, () => fillFromExample());
  const count = h("input", { type: "number", min: 1, max: 10000, value: 1, size: 5 });
  const rate = h("input", { type: "number", min: 0.1, step: "any", placeholder: "at once", size: 7 });
  const url = h("input", { type: "url", placeholder: "http://127.0.0.1:9000/hook" });
  const target = choose([["", "every endpoint that hears it"], ...endpoints.map((one) => [one.id, `${one.id}${one.enabled ? "" : " (disabled)"}`]), ["url", "this address:"]], "", (value) => { url.hidden = value !== "url"; }, { "aria-label": "To whom" });
  const invalid = h("input", { type: "checkbox", onchange: () => check() });
  url.hidden = true;
  let payload;

  const ask = (more) => ({ vendor: event.vendor, event: event.event, ...more });
  const check = debounce(async () => {
    try {
      const answer = await post("/trigger", ask({ raw: payload, tie: false, dry_run: true }));
      fill(verdict, answer.findings.length === 0
        ? chip("keeps the contract", "good")
        : h("div.notice", { class: invalid.checked ? "warn" : "bad" }, h("strong", "Breaks the contract"), h("ul", answer.findings.map((one) => h("li", one.pointer ? h("code", one.pointer) : null, " ", one.message)))));
    } catch (error) {
      fill(verdict, h("p.notice.bad.break", error.message));
    }
  }, 200);
  const take = (value) => { payload = value; editor.value = pretty(value); check(); };
  const redraw = () => form(formRoot, event.schema, payload, take);
  editor.addEventListener("input", () => {
    try {
      payload = JSON.parse(editor.value);
      redraw();
      check();
    } catch (error) {
      fill(verdict, h("p.notice.bad", `Not JSON yet: ${error.message}`));
    }
  });
  async function fillFromExample() {
    const answer = await post("/trigger", ask({ example: example.value || undefined, dry_run: true }));
    take(answer.payload);
    redraw();
    fill(result, answer.tied?.length ? h("p.small.soft.break", `Ids and numbers of real records were filled in at ${answer.tied.map((one) => one.pointer).join(", ")}.`) : null);
  }
  const send = async () => {
    const value = JSON.parse(editor.value);
    const answer = await post("/trigger", ask({
      raw: value,
      tie: false,
      invalid: invalid.checked || undefined,
      to: target.value === "url" ? url.value : target.value || undefined,
      count: Number(count.value) > 1 ? Number(count.value) : undefined,
      rate: rate.value ? Number(rate.value) : undefined,
    }));
    const sent = answer.deliveries.length;
    toast(sent ? `${sent} deliver${sent === 1 ? "y" : "ies"} made` : answer.planned ? `${answer.planned} planned` : "Sent, but nobody hears it");
    fill(result,
      answer.hint && h("p.notice.warn", answer.hint, " ", h("a", { href: "#/deliveries?new" }, "Register an endpoint")),
      answer.planned ? h("p.small", `${answer.planned} more wait for the clock.`) : null,
      sent ? h("ul", answer.deliveries.slice(0, 20).map((one) => h("li", h("a", { href: `#/deliveries/${one.id}` }, `delivery ${one.id}`), " to ", h("span.mono", one.endpoint), " ", chip(one.state, stateKind(one.state)))), sent > 20 ? h("li.soft", `… and ${sent - 20} more`) : null) : null);
  };

  fill(root, h("section.card", { "aria-label": event.event },
    h("div.row", h("h2", event.event), evidence(event.evidence), event.generation && chip(event.generation)),
    event.summary && h("p", event.summary),
    h("div.row.end",
      event.examples.length ? field("Example", example) : null,
      field("To", target), url,
      field("How many", count), field("A second", rate),
      h("label.inline", invalid, "even if it breaks the contract"),
      button("Send", send, { kind: "primary" })),
    result,
    h("div.split.wide-left", h("div", h("h3", "Form"), formRoot), h("div", h("h3", "JSON"), editor, verdict))));
  await fillFromExample();
}
