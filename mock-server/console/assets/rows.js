// A list of any length: only the rows that are seen are elements.

import { empty, fill, h } from "./dom.js";

/** Narrower lists than this have rows of two lines; the style sheet says the same. */
const NARROW = 640;
const SPARE = 8;

/** `draw(row)` makes the link of a row; `key(row)` tells rows apart; `height` is that of wide and narrow lists. */
export class Rows {
  constructor({ name, label, draw, key, height = [38, 58], nothing }) {
    this.draw = draw;
    this.key = key;
    this.heights = height;
    this.nothing = nothing;
    this.rows = [];
    this.drawn = new Map();
    this.inner = h("ol", { "aria-label": label });
    this.box = h("div.rows", { class: name, onscroll: () => this.show(), tabIndex: 0, role: "region", "aria-label": label });
    this.box.addEventListener("keydown", (event) => this.move(event));
    this.element = h("div", this.box);
    this.sized = new ResizeObserver(() => this.show());
    this.sized.observe(this.box);
  }

  get height() {
    return this.heights[this.box.clientWidth < NARROW ? 1 : 0];
  }

  set(rows) {
    this.rows = rows;
    if (rows.length === 0) {
      this.drawn.clear();
      fill(this.box, empty(...[this.nothing()].flat()));
      return;
    }
    if (this.inner.parentNode !== this.box) fill(this.box, this.inner);
    this.show();
  }

  show() {
    if (this.rows.length === 0) return;
    const height = this.height;
    this.inner.style.height = `${this.rows.length * height}px`;
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - SPARE);
    const last = Math.min(this.rows.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / height) + SPARE);
    const wanted = new Map();
    for (let index = first; index < last; index += 1) {
      const row = this.rows[index];
      const key = this.key(row);
      let known = this.drawn.get(key);
      if (!known || known.row !== row) {
        const item = h("li", this.draw(row));
        if (known) known.item.replaceWith(item);
        known = { row, item };
      }
      known.item.style.top = `${index * height}px`;
      known.item.style.height = `${height}px`;
      known.item.setAttribute("aria-posinset", index + 1);
      known.item.setAttribute("aria-setsize", this.rows.length);
      wanted.set(key, known);
    }
    for (const [key, { item }] of this.drawn) if (!wanted.has(key)) item.remove();
    let before = null;
    for (const { item } of wanted.values()) {
      const next = before ? before.nextSibling : this.inner.firstChild;
      if (next !== item) this.inner.insertBefore(item, next);
      before = item;
    }
    this.drawn = wanted;
  }

  /** Draws every row again, for a change of what is chosen. */
  redraw() {
    for (const { item } of this.drawn.values()) item.remove();
    this.drawn.clear();
    this.show();
  }

  /** Arrow keys go from row to row. */
  move(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const items = [...this.inner.children];
    const at = items.findIndex((item) => item.contains(document.activeElement));
    const to = items[event.key === "ArrowDown" ? at + 1 : at - 1] ?? (at < 0 ? items[0] : null);
    if (!to) return;
    event.preventDefault();
    to.querySelector("a")?.focus();
  }
}
