// Stories that put a webhook handler to the test, and what they think of it.

import { get, post } from "../api.js";
import { attempt, chip, code, empty, field, fill, h, pretty } from "../dom.js";

const KINDS = { pass: "good", fail: "bad", inconclusive: "warn", skipped: "" };

/** `#/scenarios` and `#/scenarios/<name>` */
export async function scenarios(root, page) {
  const { scenarios: all } = await get("/scenarios");
  const chosen = all.find((one) => one.name === page.parts[0]);
  const detail = h("div");
  fill(root,
    h("h1", "Scenarios"),
    h("p.soft", "Each plays a story against your handler and grades it. Files of your own run with ", h("code", "mock-server scenario run <file>"), "."),
    h("a.back", { href: "#/scenarios", hidden: !chosen }, "← all scenarios"),
    h("div.side", { class: chosen ? "chosen" : "" }, tree(all, chosen?.name), detail));
  if (chosen) await show(detail, chosen);
  else fill(detail, h("div.card", empty("Choose a scenario from the list.")));
}

function tree(all, current) {
  const vendors = [...new Set(all.map((one) => one.vendor ?? "any vendor"))];
  return h("nav.tree.card", { "aria-label": "Scenarios" }, vendors.map((vendor) => [h("h2.small", vendor), h("ul", all
    .filter((one) => (one.vendor ?? "any vendor") === vendor)
    .map((one) => h("li", h("a", { href: `#/scenarios/${encodeURIComponent(one.name)}`, "aria-current": one.name === current ? "true" : null }, one.title ?? one.name))))]));
}

async function show(root, one) {
  const file = await get(`/scenarios/${encodeURIComponent(one.name)}`);
  const url = h("input", { type: "url", placeholder: "http://127.0.0.1:9000/hook", size: 36 });
  const parameters = Object.entries(one.parameters ?? {}).map(([name, { default: value, about }]) => [name, h("input", { value: value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value), title: about ?? "" }), value]);
  const result = h("div", { role: "status" });
  const run = async (event) => {
    event.preventDefault();
    fill(result, h("p.soft", "Running…"));
    try {
      const given = Object.fromEntries(parameters.map(([name, input, value]) => [name, typeof value === "string" || value === undefined ? input.value : JSON.parse(input.value)]));
      report(result, await post("/scenarios/run", { name: one.name, parameters: given, to: url.value || undefined }));
    } catch (error) {
      fill(result, h("p.notice.bad", error.message));
    }
  };
  fill(root, h("section.card", { "aria-label": one.title ?? one.name },
    h("div.row", h("h2", one.title ?? one.name), h("span.soft.small.mono", one.name)),
    one.about && h("p", one.about),
    h("form", { onsubmit: attempt(run) }, h("div.row.end",
      field("Your handler; the registered endpoints when empty", url),
      parameters.map(([name, input]) => field(name, input)),
      h("button.primary", { type: "submit" }, "Run"))),
    result,
    h("details", h("summary", `The ${one.steps} steps`), code(pretty(file)))));
}

function report(root, told) {
  fill(root,
    h("div.row", chip(told.grade, KINDS[told.grade]), h("strong", told.reason ?? "")),
    h("ol.timeline", told.steps.map((step) => h("li", { class: step.grade === "pass" ? "good" : step.grade === "fail" ? "bad" : "" },
      h("div.row", h("strong", step.title ?? step.id ?? step.kind), chip(step.kind), chip(step.grade, KINDS[step.grade])),
      step.reason && h("p.small", step.reason),
      step.result !== undefined && step.result !== null ? h("details", h("summary.small", "What came of it"), h("pre", { tabIndex: 0 }, pretty(step.result))) : null))));
}

