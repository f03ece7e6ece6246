// What a vendor remembers, table by table.

import { get, post, put, session } from "../api.js";
import { attempt, button, choose, confirmed, debounce, dialog, download, field, fill, h, pretty, toast } from "../dom.js";
import { bus } from "../live.js";
import { Rows } from "../rows.js";

/** `#/state/<vendor>/<table>` */
export async function state(root, page) {
  const vendor = page.parts[0] ?? session.vendors[0]?.vendor;
  let dump = await get(`/state/${vendor}`);
  const names = Object.keys(dump);
  const table = page.parts[1] ?? names.find((name) => Array.isArray(dump[name]) && dump[name].length) ?? names[0];
  const search = h("input", { type: "search", placeholder: "find in this table" });
  const count = h("p.small.soft", { role: "status" });
  const tables = h("div");
  const list = new Rows({
    name: "records",
    label: `Records of ${table}`,
    key: (row) => row.index,
    draw: (row) => h("a", { href: location.hash, onclick: attempt(async (event) => { event.preventDefault(); await edit(vendor, table, row, load); }) }, h("strong.mono", title(row.value)), h("span.mono.soft.small", JSON.stringify(row.value))),
    nothing: () => search.value ? "No record holds this." : "This table is empty.",
    height: [40, 40],
  });
  const show = () => {
    const rows = records(dump[table]).filter((row) => !search.value || JSON.stringify(row.value).toLowerCase().includes(search.value.toLowerCase()));
    list.set(rows);
    count.textContent = `${rows.length} of ${records(dump[table]).length} records in ${table}.`;
    fill(tables, h("nav.tree.card", { "aria-label": "Tables" }, h("ul", Object.keys(dump).map((name) => h("li", h("a", {
      href: `#/state/${vendor}/${encodeURIComponent(name)}`, "aria-current": name === table ? "true" : null,
    }, name, " ", h("span.soft.small", Array.isArray(dump[name]) ? dump[name].length : "")))))));
  };
  const load = async () => { dump = await get(`/state/${vendor}`); show(); };
  search.addEventListener("input", debounce(show, 120));
  const file = h("input", { type: "file", accept: "application/json", hidden: true, "aria-label": "A dump to restore", onchange: attempt(async () => {
    await put(`/state/${vendor}`, JSON.parse(await file.files[0].text()));
    toast("Restored");
    await load();
  }) });
  fill(root,
    h("h1", "State"),
    h("div.row.end",
      field("Vendor", choose(session.vendors.map((one) => [one.vendor, one.title]), vendor, (value) => { location.hash = `#/state/${value}`; })),
      field("Find", search),
      h("span.grow"),
      button("Dump", async () => download(`${vendor}-state.json`, pretty(await get(`/state/${vendor}`)))),
      button("Restore…", () => file.click()), file,
      button("Reset", async () => {
        if (!await confirmed("Reset", `Everything of ${vendor} in the workspace ${session.workspace} goes back to the seed.`, "Reset")) return;
        await post("/reset", { vendor });
        await load();
      }, { kind: "danger" })),
    h("p"),
    h("div.side", tables, h("div", count, list.element)));
  show();
  const again = debounce(load, 400);
  for (const kind of ["request", "event", "reset", "clock"]) page.on(bus, kind, again);
}

function records(value) {
  if (!Array.isArray(value)) return [{ index: 0, value, single: true }];
  return value.map((one, index) => ({ index, value: one })).reverse();
}

function title(value) {
  if (value === null || typeof value !== "object") return String(value);
  const first = Object.entries(value).find(([key, one]) => /(^|_)(id|key|name|number)$|Id$|Number$/.test(key) && typeof one !== "object");
  return String(first?.[1] ?? Object.values(value).find((one) => typeof one !== "object") ?? "record");
}

async function edit(vendor, table, row, load) {
  await dialog(`${table}: ${title(row.value)}`, (done) => {
    const editor = h("textarea", { rows: 20, value: pretty(row.value), spellcheck: false, "aria-label": "Record as JSON" });
    const save = async (change) => {
      const dump = await get(`/state/${vendor}`);
      if (Array.isArray(dump[table])) {
        if (JSON.stringify(dump[table][row.index]) !== JSON.stringify(row.value)) throw new Error("This record has changed meanwhile. Close and open it again.");
        change(dump[table]);
      } else {
        dump[table] = JSON.parse(editor.value);
      }
      await put(`/state/${vendor}`, dump);
      done(true);
      await load();
    };
    return [editor, h("div.row",
      button("Save", () => save((list) => { list[row.index] = JSON.parse(editor.value); }), { kind: "primary" }),
      row.single ? null : button("Delete", () => save((list) => { list.splice(row.index, 1); }), { kind: "danger" }),
      button("Cancel", () => done(null)))];
  });
}
