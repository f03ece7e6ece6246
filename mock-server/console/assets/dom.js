// Small helpers to build pages from elements. Text is always text: nothing here writes markup.

/** An element: `h("button.primary", {onclick}, "Send")`. Members of `props` are properties; those with a dash, attributes. */
export function h(spec, props, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  if (props === null || props === undefined || props instanceof Node || typeof props !== "object" || Array.isArray(props)) {
    children.unshift(props);
    props = {};
  }
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false && name.includes("-")) continue;
    if (name === "class") element.classList.add(...String(value).split(" ").filter(Boolean));
    else if (name.includes("-") || name === "role" || name === "for" || name === "list") element.setAttribute(name, value === true ? "" : value);
    else element[name] = value;
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Replaces everything inside an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Says something at the edge of the page for a while; errors stay longer. */
export function toast(text, bad = false) {
  const note = h("div.toast", { class: bad ? "bad" : "" }, text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), bad ? 9000 : 3500);
}

/** Runs what a button does; what goes wrong is said. */
export function attempt(work) {
  return async (event) => {
    const button = event?.currentTarget;
    if (button instanceof HTMLButtonElement) button.disabled = true;
    try {
      return await work(event);
    } catch (error) {
      toast(error.message, true);
    } finally {
      if (button instanceof HTMLButtonElement) button.disabled = false;
    }
  };
}

/** A button that does `work`. */
export function button(label, work, { kind = "", ...props } = {}) {
  return h("button", { type: "button", class: kind, onclick: attempt(work), ...props }, label);
}

/** A button that copies a text, or what a function makes. */
export function copy(text, label = "copy", name = undefined) {
  const control = button(label, async () => {
    const value = typeof text === "function" ? await text() : text;
    await toClipboard(value);
    toast("Copied");
  }, { kind: "tiny" });
  if (name) control.setAttribute("aria-label", name);
  return control;
}

async function toClipboard(text) {
  if (navigator.clipboard && window.isSecureContext) {
    try { return await navigator.clipboard.writeText(text); } catch { /* the old way works where this is not allowed */ }
  }
  const area = h("textarea", { value: text, "aria-hidden": "true" });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("The browser did not let this page copy");
}

/** A text in a box with a copy button. */
export function code(text, label = "Copy this text") {
  return h("div.code", h("pre", { tabIndex: 0 }, text), copy(text, "copy", label));
}

/** JSON as text. */
export const pretty = (value) => JSON.stringify(value, null, 2);

/** Label and control in one. */
export function field(label, control, props = {}) {
  return h("label", props, label, control);
}

/** A list to choose from; options are texts, or pairs of value and label. */
export function choose(options, value, onchange, props = {}) {
  const select = h("select", { onchange: () => onchange?.(select.value), ...props });
  for (const option of options) {
    const [key, label] = Array.isArray(option) ? option : [option, option];
    select.append(h("option", { value: key, selected: key === value }, label));
  }
  return select;
}

/** A small coloured word. */
export function chip(text, kind = "") {
  return h("span.chip", { class: kind }, text);
}

/** How sure something is, as a chip. */
export function evidence(word) {
  const kinds = { documented: "good", example: "good", observed: "accent", inferred: "warn", assumed: "warn" };
  return word ? chip(word, kinds[word] ?? "") : null;
}

/** The colour of an HTTP status. */
export function statusKind(status) {
  if (!status) return "";
  return status < 300 ? "good" : status < 400 ? "accent" : status < 500 ? "warn" : "bad";
}

/** The colour of a delivery's state. */
export function stateKind(state) {
  return { delivered: "good", failed: "bad", withheld: "bad", dropped: "warn", scheduled: "warn", suppressed: "", pending: "accent" }[state] ?? "";
}

/** Time of day of an instant. */
export function clockTime(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString().slice(11, 23);
}

/** An instant, to the second. */
export function instant(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at ?? "") : date.toISOString().slice(0, 19).replace("T", " ") + " UTC";
}

/** What to do when there is nothing. */
export function empty(...words) {
  return h("p.empty", ...words);
}

/** A question with an answer of its own: resolves with what `ask` says, or null when it is closed. */
export function dialog(title, build) {
  return new Promise((resolve) => {
    let answer = null;
    const box = h("dialog", { "aria-label": title });
    const done = (value) => { answer = value; box.close(); };
    append(box, [h("h2", title), build(done)]);
    box.addEventListener("close", () => { box.remove(); resolve(answer); });
    document.body.append(box);
    box.showModal();
  });
}

/** Asks for a yes. */
export function confirmed(title, text, yes) {
  return dialog(title, (done) => [
    h("p", text),
    h("div.row", button(yes, () => done(true), { kind: "primary" }), button("Cancel", () => done(null))),
  ]);
}

/** Hands the reader a file. */
export function download(name, text, type = "application/json") {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Calls `work` once things have been quiet for a while. */
export function debounce(work, pause = 250) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), pause);
  };
}

/** Calls `work` at most once a frame. */
export function eachFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; work(); });
  };
}
