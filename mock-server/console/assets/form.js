// A form for any JSON value, guided by its schema.

import { button, choose, fill, h } from "./dom.js";
import { blank, branches, branchName, chosen, likeness, limits, resolved } from "./schema.js";

let labels = 0;

/** Draws a form of `value` into `root`; each edit calls `changed(value)` with a new value. */
export function form(root, schema, value, changed) {
  const draw = (next) => fill(root, node(schema, next, "", schema, (edited) => { changed(edited); draw(edited); }, changed));
  draw(value);
}

/** The control of one place. `redraw` takes a value of another shape; `quiet` one that looks the same in the form. */
function node(schema, value, name, root, redraw, quiet) {
  const known = chosen(schema, value, root);
  if (Array.isArray(value)) return array(known, value, name, root, redraw, quiet);
  if (value !== null && typeof value === "object") return object(schema, known, value, name, root, redraw, quiet);
  return null;
}

function isGroup(value) {
  return value !== null && typeof value === "object";
}

function object(schema, known, value, name, root, redraw, quiet) {
  const set = (key, inner) => ({ ...value, [key]: inner });
  const required = new Set(known.required ?? []);
  const documented = Object.keys(known.properties ?? {});
  const keys = [...documented.filter((key) => key in value), ...Object.keys(value).filter((key) => !documented.includes(key))];
  const missing = documented.filter((key) => !(key in value));
  const rows = keys.map((key) => member({
    name: key,
    schema: known.properties?.[key] ?? {},
    value: value[key],
    root,
    redraw: (inner) => redraw(set(key, inner)),
    quiet: (inner) => { value = set(key, inner); quiet(value); },
    drop: required.has(key) ? null : () => { const { [key]: _, ...rest } = value; redraw(rest); },
  }));
  const adders = missing.length === 0 ? null : h("div.adders", missing.map((key) =>
    button(`+ ${key}`, () => redraw(set(key, blank(known.properties[key], root))), { kind: "tiny", "aria-label": `Add ${key}` })));
  return [branchChooser(schema, value, name, root, redraw), rows, adders];
}

function array(known, value, name, root, redraw, quiet) {
  const items = value.map((item, index) => member({
    name: `${name}[${index}]`,
    schema: known.prefixItems?.[index] ?? known.items ?? {},
    value: item,
    root,
    redraw: (inner) => redraw(value.with(index, inner)),
    quiet: (inner) => { value = value.with(index, inner); quiet(value); },
    drop: () => redraw(value.toSpliced(index, 1)),
  }));
  const add = button(`+ ${name || "item"}`, () => redraw([...value, blank(known.items ?? {}, root)]), { kind: "tiny", "aria-label": `Add to ${name || "the list"}` });
  return [items, h("div.adders", add)];
}

/** A choice between documented shapes, where there is one. */
function branchChooser(schema, value, name, root, redraw) {
  const options = branches(resolved(schema, root));
  if (!options || options.length < 2) return null;
  const scores = options.map((one) => likeness(value, one, root));
  const current = scores.indexOf(Math.max(...scores));
  const names = options.map((one, index) => [String(index), branchName(one, root, index)]);
  return h("div.field", h("label", { htmlFor: `f${++labels}` }, "shape"),
    choose(names, String(current), (index) => redraw(blank(options[index], root)), { id: `f${labels}`, "aria-label": `Shape of ${name || "the payload"}` }));
}

function member({ name, schema, value, root, redraw, quiet, drop }) {
  const known = chosen(schema, value, root);
  const dropper = drop && button("×", drop, { kind: "tiny", "aria-label": `Remove ${name}`, title: `Remove ${name}` });
  if (isGroup(value)) {
    return h("fieldset", h("legend", h("span.mono", name), " ", dropper), node(schema, value, name, root, redraw, quiet));
  }
  const id = `f${++labels}`;
  return h("div.field",
    h("label", { htmlFor: id }, name),
    control(known, value, id, redraw, quiet),
    dropper ?? h("span"),
    limits(known) && h("div.hint", limits(known)));
}

function control(known, value, id, redraw, quiet) {
  const types = [known.type ?? []].flat();
  if (known.const !== undefined && value === known.const) return h("input", { id, value: String(value), readOnly: true });
  if (known.enum) {
    const options = known.enum.map((one) => [JSON.stringify(one), String(one)]);
    if (!known.enum.includes(value)) options.push([JSON.stringify(value), `${value} (not documented)`]);
    return choose(options, JSON.stringify(value), (text) => redraw(JSON.parse(text)), { id });
  }
  if (typeof value === "boolean") return h("input", { id, type: "checkbox", checked: value, onchange: (event) => quiet(event.target.checked) });
  if (value === null) {
    const other = types.find((type) => type !== "null") ?? "string";
    return h("span", h("input", { id, value: "null", readOnly: true, size: 5 }), " ",
      button(`write a ${other}`, () => redraw(blank({ ...known, type: other }, known)), { kind: "tiny" }));
  }
  if (typeof value === "number") {
    return h("input", { id, inputMode: "decimal", value: String(value), oninput: (event) => {
      const text = event.target.value.trim();
      quiet(text !== "" && Number.isFinite(Number(text)) ? Number(text) : text);
    } });
  }
  return h("input", { id, value: String(value ?? ""), oninput: (event) => quiet(event.target.value) });
}
