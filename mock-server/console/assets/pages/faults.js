// What goes wrong on purpose: answers of the API, and deliveries of webhooks.

import { get, post, remove, session } from "../api.js";
import { attempt, button, choose, field, fill, h, toast } from "../dom.js";

const FAULTS = {
  status: ["answers a status", "status", 503, (value) => ({ status: value })],
  delay_ms: ["answers late, in milliseconds", "milliseconds", 5000, (value) => ({ delay_ms: value })],
  reset: ["closes the connection", null, null, () => "reset"],
  truncate_after: ["cuts the answer, after bytes", "bytes", 20, (value) => ({ truncate_after: value })],
};

/** What can happen to deliveries: label, and the member that can be set. */
const EFFECTS = {
  drop: ["is never sent", []],
  duplicate: ["is sent again", [["copies", "copies", 1], ["ids", "ids", "same", ["same", "new"]]]],
  delay: ["waits", [["by", "by", "5s"], ["up_to", "up to", ""]]],
  reorder: ["changes places", [["window", "among so many", 5], ["within", "at the latest after", "30s"]]],
  corrupt: ["has its body broken", [["how", "how", "truncate", ["truncate", "flip", "not_json"]]]],
  lose_answer: ["loses the receiver's 2xx, so that it is tried again", []],
  burst: ["waits for others and comes in a burst", [["size", "of so many", 20], ["within", "at the latest after", "30s"]]],
  outage: ["does not reach the handler", []],
  answer: ["seems to be answered", [["status", "status", 429], ["retry_after", "Retry-After, in seconds", 600]]],
  signature: ["is signed wrongly", [["how", "how", "wrong", ["wrong", "stale", "missing"]]]],
};

/** `#/faults` */
export async function faults(root) {
  const answers = h("section.card", { "aria-label": "Faults of the API" });
  const chaos = h("section.card", { "aria-label": "Chaos of deliveries" });
  fill(root, h("h1", "Faults and chaos"),
    h("p.soft", "Rules of this workspace, off until you add one. Chance is drawn from a seed: the same seed and the same traffic give the same faults."),
    h("div.split", answers, chaos));
  await Promise.all([showFaults(answers), showChaos(chaos)]);
}

async function showFaults(root) {
  const { faults: rules, seed } = await get("/faults");
  const again = () => showFaults(root);
  const vendor = choose([["", "every vendor"], ...session.vendors.map((one) => [one.vendor, one.title])], "");
  const operation = h("input", { placeholder: "every operation" });
  const amount = h("input", { type: "number", value: FAULTS.status[2] });
  const amountField = field(FAULTS.status[1], amount);
  const kind = choose(Object.entries(FAULTS).map(([name, [label]]) => [name, label]), "status", (value) => {
    amountField.hidden = FAULTS[value][1] === null;
    amountField.firstChild.textContent = FAULTS[value][1] ?? "";
    amount.value = FAULTS[value][2] ?? "";
  });
  const count = h("input", { type: "number", min: 1, placeholder: "always" });
  const chance = h("input", { type: "number", min: 0, max: 1, step: "any", placeholder: "1" });
  const add = async (event) => {
    event.preventDefault();
    await post("/faults", {
      vendor: vendor.value || undefined,
      operation: operation.value || undefined,
      fault: FAULTS[kind.value][3](Number(amount.value)),
      count: count.value ? Number(count.value) : undefined,
      probability: chance.value ? Number(chance.value) : undefined,
    });
    await again();
  };
  fill(root,
    h("div.row", h("h2", "Faults of the API"), h("span.grow"), h("span.small.soft", "seed ", h("code", seed))),
    rules.length === 0 ? h("p.soft", "None: every request is answered.") : h("table", h("tbody", rules.map((rule) => h("tr",
      h("td", rule.vendor ?? "every vendor"), h("td.mono", rule.operation ?? "every operation"), h("td.mono", JSON.stringify(rule.fault)),
      h("td", rule.probability !== undefined && rule.probability !== null ? `chance ${rule.probability}` : "always", rule.count !== undefined && rule.count !== null ? `, ${rule.count} more` : ""),
      h("td", button("Remove", async () => { await remove(`/faults/${rule.id}`); await again(); }, { kind: "tiny", "aria-label": `Remove fault ${rule.id}` })))))),
    rules.length ? button("Remove all", async () => { await remove("/faults"); await again(); }) : null,
    h("h3", "Add one"),
    h("form", { onsubmit: attempt(add) },
      h("div.row.end", field("Vendor", vendor), field("Operation", operation), field("What happens", kind), amountField, field("How often", count), field("Chance, 0 to 1", chance), h("button.primary", { type: "submit" }, "Add"))));
}

async function showChaos(root) {
  const { rules, seed } = await get("/chaos");
  const again = () => showChaos(root);
  const vendor = choose([["", "every vendor"], ...session.vendors.map((one) => [one.vendor, one.title])], "");
  const endpoint = h("input", { placeholder: "every endpoint" });
  const event = h("input", { placeholder: "every event" });
  const options = h("div.row.end");
  let inputs = [];
  const draw = (name) => {
    inputs = EFFECTS[name][1].map(([key, , value, choices]) => [key, choices ? choose(choices, value) : h("input", { value, type: typeof value === "number" ? "number" : "text", size: 8 }), typeof value === "number"]);
    fill(options, inputs.map(([, input], index) => field(EFFECTS[name][1][index][1], input)));
  };
  const effect = choose(Object.entries(EFFECTS).map(([name, [label]]) => [name, label]), "drop", draw);
  const chance = h("input", { type: "number", min: 0, max: 1, step: "any", placeholder: "1" });
  const times = h("input", { type: "number", min: 1, placeholder: "always" });
  const seedInput = h("input", { type: "number", min: 0, value: seed });
  const add = async (submitted) => {
    submitted.preventDefault();
    const rule = {};
    if (vendor.value) rule.vendor = vendor.value;
    if (endpoint.value) rule.endpoint = endpoint.value;
    if (event.value) rule.event = event.value;
    if (chance.value) rule.probability = Number(chance.value);
    if (times.value) rule.count = Number(times.value);
    const how = {};
    for (const [key, input, number] of inputs) if (input.value !== "") how[key] = number ? Number(input.value) : input.value;
    rule.effect = inputs.length ? { [effect.value]: how } : effect.value;
    await post("/chaos", rule);
    await again();
  };
  draw("drop");
  fill(root,
    h("div.row", h("h2", "Chaos of deliveries"), h("span.grow"), h("span.small.soft", "seed ", h("code", seed))),
    rules.length === 0 ? h("p.soft", "None: every delivery goes out as the vendor would send it.") : h("table", h("tbody", rules.map((rule) => {
      const { id, vendor: of, endpoint: to, event: name, probability: likely, count: left } = rule;
      const [what, rest] = typeof rule.effect === "string" ? [rule.effect, {}] : Object.entries(rule.effect)[0];
      return h("tr",
        h("td", of ?? "every vendor"), h("td.mono", [name ?? "every event", to].filter(Boolean).join(" to ")), h("td", EFFECTS[what]?.[0] ?? what, " ", Object.keys(rest).length ? h("code", JSON.stringify(rest)) : null),
        h("td", likely !== undefined && likely !== null && likely !== 1 ? `chance ${likely}` : "always", left !== undefined && left !== null ? `, ${left} more` : ""),
        h("td", button("Remove", async () => { await remove(`/chaos/${id}`); await again(); }, { kind: "tiny", "aria-label": `Remove chaos rule ${id}` })));
    }))),
    rules.length ? button("Remove all", async () => { await remove("/chaos"); await again(); }) : null,
    h("h3", "Add one"),
    h("form", { onsubmit: attempt(add) },
      h("div.row.end", field("Vendor", vendor), field("Event", event), field("Endpoint", endpoint), field("A delivery", effect), options, field("Chance, 0 to 1", chance), field("How often", times), h("button.primary", { type: "submit" }, "Add"))),
    h("h3", "Start chance over"),
    h("form.row.end", { onsubmit: attempt(async (submitted) => { submitted.preventDefault(); await post("/chaos/seed", { seed: Number(seedInput.value) }); toast("Chance starts over"); await again(); }) },
      field("Seed", seedInput), h("button", { type: "submit" }, "Set")));
}
