// A customer's phone: write on it, see what the business sent, let messages arrive, be seen or fail.

import { get, post, session } from "../api.js";
import { button, chip, choose, debounce, dialog, empty, field, fill, h, instant, toast } from "../dom.js";
import { bus, now } from "../live.js";

/** `#/conversations/<vendor>/<phone>` */
export async function conversations(root, page) {
  const vendor = page.parts[0] ?? session.vendors[0]?.vendor;
  const chosen = page.parts[1];
  const side = h("div");
  const phone = h("div");
  fill(root,
    h("h1", "Conversations"),
    h("div.row.end",
      field("Vendor", choose(session.vendors.map((one) => [one.vendor, one.title]), vendor, (value) => { location.hash = `#/conversations/${value}`; })),
      button("Somebody new writes…", () => newcomer(vendor))),
    h("p"),
    h("a.back", { href: `#/conversations/${vendor}`, hidden: !chosen }, "← all phones"),
    h("div.side", { class: chosen ? "chosen" : "" }, side, phone));
  const showPhones = async () => showList(side, vendor, chosen);
  await showPhones();
  if (chosen) {
    const screen = new Screen(phone, vendor, chosen);
    await screen.load();
    const again = debounce(() => { screen.load(); showPhones(); }, 120);
    for (const kind of ["event", "request", "reset", "clock"]) page.on(bus, kind, again);
  } else {
    fill(phone, h("div.card", empty("Choose a phone, or let somebody new write.")));
    const again = debounce(showPhones, 200);
    for (const kind of ["event", "request", "reset"]) page.on(bus, kind, again);
  }
}

async function showList(root, vendor, chosen) {
  const { phones } = await get(`/phones/${vendor}`);
  const most = 300;
  fill(root, h("nav.tree.card", { "aria-label": "Phones" },
    phones.length === 0 ? empty("No conversation yet.") : h("ul", phones.slice(0, most).map((one) => h("li", h("a", {
      href: `#/conversations/${vendor}/${encodeURIComponent(one.id)}`,
      "aria-current": one.id === chosen ? "true" : null,
    }, h("strong", one.name || one.number), h("br"), h("span.small.soft", [one.name && one.number, one.through].filter(Boolean).join(" · ")))))),
    phones.length > most ? h("p.small.soft", `The ${most} written on last of ${phones.length} are shown.`) : null));
}

async function newcomer(vendor) {
  const phone = await dialog("Somebody new writes", (done) => {
    const number = h("input", { required: true, inputMode: "tel", placeholder: "6281200000042", autofocus: true });
    const name = h("input", { placeholder: "Budi" });
    const text = h("input", { required: true, value: "Hello!", size: 36 });
    return h("form", { onsubmit: async (event) => {
      event.preventDefault();
      try {
        await post(`/phones/${vendor}`, { gesture: "write", phone: number.value, name: name.value || undefined, says: { type: "text", text: text.value } });
        done(number.value);
      } catch (error) { toast(error.message, true); }
    } },
      h("div.row.end", field("Their number", number), field("Their name", name)), h("p"), field("They write", text), h("p"),
      h("div.row", h("button.primary", { type: "submit" }, "Send"), button("Cancel", () => done(null))));
  });
  if (!phone) return;
  const { phones } = await get(`/phones/${vendor}`);
  const digits = (text) => text.replace(/\D/g, "");
  const found = phones.find((one) => digits(one.number) === digits(phone)) ?? phones[0];
  location.hash = `#/conversations/${vendor}/${encodeURIComponent(found.id)}`;
}

class Screen {
  constructor(root, vendor, phone) {
    this.vendor = vendor;
    this.phone = phone;
    this.head = h("header");
    this.messages = h("div.screen", { role: "log", "aria-label": "Messages", tabIndex: 0 });
    this.text = h("input", { placeholder: "Write as the customer", "aria-label": "Write as the customer", autocomplete: "off" });
    const composer = h("form.composer", { onsubmit: (event) => { event.preventDefault(); this.write(); } },
      h("div.row", this.text, h("button.primary", { type: "submit" }, "Send")),
      h("div.row", button("Picture", () => this.picture(), { kind: "tiny" }), button("Location", () => this.place(), { kind: "tiny" })));
    fill(root, h("section.phone", { "aria-label": "The customer's phone" }, this.head, this.messages, composer));
  }

  async load() {
    let screen;
    try {
      screen = await get(`/phones/${this.vendor}/screen`, { phone: this.phone });
    } catch (error) {
      fill(this.messages, empty(error.message));
      return;
    }
    const { phone, messages, earlier } = screen;
    const open = phone.open_until && now() && new Date(phone.open_until) > now();
    fill(this.head,
      h("strong", phone.name || phone.number), " ", h("span.small.soft", phone.name ? phone.number : ""),
      h("div.small.soft", phone.through ?? ""),
      phone.open_until ? h("div.small", open ? chip(`free text until ${instant(phone.open_until)}`, "good") : chip("window closed: templates only", "warn")) : null);
    const atEnd = this.messages.scrollTop + this.messages.clientHeight >= this.messages.scrollHeight - 40;
    fill(this.messages,
      earlier ? h("p.small.soft", `${earlier} earlier messages are not shown.`) : null,
      messages.length === 0 ? empty("Nothing was written yet.") : messages.map((one) => this.bubble(one)));
    if (atEnd || !this.seen) this.messages.scrollTop = this.messages.scrollHeight;
    this.seen = true;
  }

  bubble(message) {
    const over = ["read", "failed"].includes((message.status ?? "").toLowerCase());
    const nudge = (label, gesture) => button(label, () => this.does({ gesture, message: message.id }), { kind: "tiny", "aria-label": `${label}: ${message.text.slice(0, 40)}` });
    return h("article.bubble", { class: message.from },
      message.kind !== "text" ? h("div.small.soft", message.kind) : null,
      h("p", message.text || (message.media ? "" : "…")),
      message.media ? h("p.small.mono", message.media) : null,
      message.buttons?.length && message.from === "business"
        ? h("div.row", message.buttons.map((one) => button(one.title, () => this.does({ gesture: "press", phone: this.phone, message: message.id, button: one.id }), { kind: "tiny" })))
        : null,
      h("footer", h("span", instant(message.at).slice(11, 19)), message.status && chip(message.status, message.status === "failed" ? "bad" : message.status === "read" ? "good" : ""),
        message.from === "business" && message.status && !over ? [message.status === "delivered" ? null : nudge("delivered", "deliver"), nudge("read", "read"), nudge("fail", "fail")] : null));
  }

  async does(gesture) {
    await post(`/phones/${this.vendor}`, gesture);
    await this.load();
  }

  async write() {
    const text = this.text.value.trim();
    if (!text) return;
    try {
      await this.does({ gesture: "write", phone: this.phone, says: { type: "text", text } });
      this.text.value = "";
    } catch (error) { toast(error.message, true); }
    this.messages.scrollTop = this.messages.scrollHeight;
  }

  async picture() {
    const caption = this.text.value.trim();
    await this.does({ gesture: "write", phone: this.phone, says: { type: "picture", caption: caption || undefined } });
    this.text.value = "";
  }

  async place() {
    await this.does({ gesture: "write", phone: this.phone, says: { type: "location", latitude: -6.1754, longitude: 106.8272, name: this.text.value.trim() || "Monas" } });
    this.text.value = "";
  }
}

