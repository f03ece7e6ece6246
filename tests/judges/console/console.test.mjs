// The console, as a tester who writes no code uses it.

import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { ask, axe, browser, open, quiet, receiver, server, shots, visit } from "./support.mjs";

let mock;
let chromium;
before(async () => {
  [mock, chromium] = await Promise.all([server(), browser()]);
  fs.mkdirSync(shots, { recursive: true });
});
after(async () => {
  await chromium?.close();
  mock?.stop();
});

/** Every page, with something to see on it. */
const PAGES = {
  overview: "overview",
  requests: "requests",
  request: "requests/1",
  events: "events",
  event: "events/heltar/messages",
  deliveries: "deliveries",
  delivery: "deliveries/1",
  conversations: "conversations/heltar",
  conversation: "conversations/heltar/919000005883",
  scenarios: "scenarios",
  contract: "contract/cekat",
  operation: "contract/heltar/messages.send",
  state: "state/heltar/clients",
  faults: "faults",
};

/** Fills a workspace with a little of everything. */
async function furnish(workspace, url) {
  await ask(mock.base, "POST", "/webhooks/endpoints", { vendor: "heltar", url }, workspace);
  const call = (path, init) => fetch(`${mock.base}/w/${workspace}/heltar${path}`, { ...init, headers: { authorization: "Bearer heltar-mock-key", "content-type": "application/json" } });
  await call("/v1/clients");
  await call("/v1/clientz");
  const message = { clientWaNumber: "919000005883", messageType: "interactive", interactive: { type: "button", body: { text: "Shall we?" }, action: { buttons: [{ type: "reply", reply: { id: "yes", title: "Yes" } }, { type: "reply", reply: { id: "no", title: "No" } }] } } };
  const sent = await call("/v1/messages/send", { method: "POST", body: JSON.stringify({ messages: [message] }) });
  assert.equal(sent.status, 200, await sent.text());
  await ask(mock.base, "POST", "/clock", { until: "idle" }, workspace);
}

for (const [width, height] of [[1280, 900], [390, 844]]) {
  for (const theme of ["light", "dark"]) {
    test(`every page at ${width} pixels in the ${theme} theme`, async () => {
      const workspace = `walk-${theme}-${width}`;
      const hears = await receiver();
      await furnish(workspace, hears.url);
      const { page, complaints, close } = await open(chromium, mock.base, { workspace, width, height, theme });
      for (const [name, hash] of Object.entries(PAGES)) {
        await visit(page, hash);
        await page.screenshot({ path: `${shots}/${name}-${theme}-${width}.png` });
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wider <= 0, `${name} is ${wider} pixels wider than the page`);
        await page.evaluate(axe);
        const violations = await page.evaluate(async () => {
          const found = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
          return found.violations
            .filter((one) => ["serious", "critical"].includes(one.impact))
            .map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
        });
        assert.deepEqual(violations, [], `accessibility of ${name}`);
        assert.deepEqual(complaints, [], `complaints of the browser at ${name}`);
      }
      await close();
      hears.stop();
    });
  }
}

test("a tester registers an endpoint, writes as a customer, breaks the handler and mends it", async () => {
  const workspace = "qa-story";
  const hears = await receiver();
  const { page, complaints, close } = await open(chromium, mock.base, { workspace, hash: "deliveries?new" });

  // Register.
  await page.waitForSelector("dialog[open] form");
  await page.locator("dialog select").fill("heltar");
  await page.locator('dialog input[type="url"]').fill(hears.url);
  await page.locator("dialog button.primary").click();
  await page.waitForFunction((url) => [...document.querySelectorAll("td.mono")].some((cell) => cell.textContent === url), {}, hears.url);

  // Write as a customer.
  await visit(page, "conversations/heltar/919000005883", ".composer input");
  await page.locator(".composer input").fill("Is my order on its way?");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => [...document.querySelectorAll(".bubble.customer")].at(-1)?.textContent.includes("Is my order on its way?"));

  // See it delivered.
  await visit(page, "deliveries", ".rows.deliveries li a");
  await page.waitForFunction(() => document.querySelector(".rows.deliveries li")?.textContent.includes("delivered"));
  assert.equal(hears.heard.length, 1);
  assert.match(hears.heard[0].body, /Is my order on its way\?/);
  await page.locator(".rows.deliveries li a").click();
  await page.waitForSelector('section[aria-label^="Delivery"] .timeline li.good');

  // Break it: the same webhook fails now.
  hears.answer(500);
  const redeliver = async (verdict) => {
    const before = hears.heard.length;
    await page.locator("::-p-xpath(//button[text()='Redeliver'])").click();
    await page.waitForFunction((word) => document.querySelector(".timeline > li")?.textContent.includes(word), {}, verdict);
    assert.equal(hears.heard.length, before + 1);
  };
  await redeliver("regressed");
  await redeliver("still failing");

  // Mend it.
  hears.answer(200);
  await redeliver("fixed");
  assert.equal(hears.heard.at(-1).body, hears.heard[0].body, "the same bytes were sent again");
  await page.screenshot({ path: `${shots}/story-fixed.png` });

  assert.deepEqual(complaints, []);
  await close();
  hears.stop();
});

test("a message that the business sends appears on the phone and can be seen and answered there", async () => {
  const workspace = "phone";
  await ask(mock.base, "POST", "/clock", { progress: "manual" }, workspace);
  const { page, complaints, close } = await open(chromium, mock.base, { workspace, hash: "conversations/heltar/919000005883" });
  await page.waitForSelector(".composer input");
  const body = { messages: [{ clientWaNumber: "919000005883", messageType: "interactive", interactive: { type: "button", body: { text: "Shall we?" }, action: { buttons: [{ type: "reply", reply: { id: "yes", title: "Yes" } }] } } }] };
  const sent = await fetch(`${mock.base}/w/${workspace}/heltar/v1/messages/send`, { method: "POST", headers: { authorization: "Bearer heltar-mock-key", "content-type": "application/json" }, body: JSON.stringify(body) });
  assert.equal(sent.status, 200);
  await page.waitForFunction(() => [...document.querySelectorAll(".bubble.business")].at(-1)?.textContent.includes("Shall we?"));
  for (const [button, status] of [["delivered", "delivered"], ["read", "read"]]) {
    await page.locator(`.bubble.business:last-of-type footer ::-p-xpath(.//button[text()='${button}'])`).click();
    await page.waitForFunction((word) => [...document.querySelectorAll(".bubble.business")].at(-1)?.querySelector("footer .chip")?.textContent === word, {}, status);
  }
  await page.locator(".bubble.business ::-p-xpath(.//button[text()='Yes'])").click();
  await page.waitForFunction(() => [...document.querySelectorAll(".bubble.customer")].at(-1)?.textContent.includes("Yes"));
  assert.deepEqual(complaints, []);
  await close();
});

test("an event is made from its schema, checked while it is written, and sent", async () => {
  const workspace = "events";
  const hears = await receiver();
  await ask(mock.base, "POST", "/webhooks/endpoints", { vendor: "heltar", url: hears.url }, workspace);
  const { page, complaints, close } = await open(chromium, mock.base, { workspace, hash: "events/heltar/messages" });
  const editor = "textarea[aria-label='Payload as JSON']";
  await page.waitForFunction((area) => document.querySelector(area)?.value.length > 2, {}, editor);
  const said = (word) => page.waitForFunction((text) => document.querySelector("main").textContent.includes(text), {}, word);
  await said("keeps the contract");
  const original = await page.$eval(editor, (area) => area.value);
  const change = (text) => page.$eval(editor, (area, value) => { area.value = value; area.dispatchEvent(new Event("input")); }, text);
  await change(original.replace('"whatsapp_business_account"', "7"));
  await said("Breaks the contract");
  await page.locator("::-p-xpath(//button[text()='Send'])").click();
  await page.waitForSelector(".toast.bad");
  assert.equal(hears.heard.length, 0, "what breaks the contract is not sent");
  await change(original);
  await said("keeps the contract");
  await page.locator("::-p-xpath(//button[text()='Send'])").click();
  await said("delivery 1");
  await visit(page, "deliveries", ".rows.deliveries li a");
  await page.waitForFunction(() => document.querySelector(".rows.deliveries li")?.textContent.includes("delivered"));
  assert.deepEqual(JSON.parse(hears.heard[0].body), JSON.parse(original));
  // The browser itself notes the 422 that the refused sending was answered with.
  assert.deepEqual(complaints.filter((one) => !one.includes("422")), []);
  await close();
  hears.stop();
});

test("the clock is frozen and moved", async () => {
  const { page, complaints, close } = await open(chromium, mock.base, { workspace: "clock" });
  await page.locator("::-p-xpath(//button[text()='Freeze'])").click();
  await page.waitForSelector("::-p-xpath(//button[text()='Let it run'])");
  const before = new Date((await ask(mock.base, "GET", "/clock", undefined, "clock")).now);
  await page.locator("::-p-xpath(//button[text()='+25 h'])").click();
  const wanted = new Date(before.getTime() + 25 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
  await page.waitForFunction((text) => document.getElementById("now").textContent.includes(text), {}, wanted);
  assert.deepEqual(complaints, []);
  await close();
});

test("ten thousand requests are a list that stays quick", async () => {
  const workspace = "many";
  const one = () => fetch(`${mock.base}/w/${workspace}/heltar/v1/templates`, { headers: { authorization: "Bearer heltar-mock-key" } }).then((answer) => answer.arrayBuffer());
  for (let done = 0; done < 10_000; done += 50) await Promise.all(Array.from({ length: 50 }, one));
  const { page, complaints, close } = await open(chromium, mock.base, { workspace, hash: "requests" });
  await page.waitForFunction(() => document.querySelector("main [role=status]")?.textContent.includes("requests"));
  await page.waitForSelector(".rows.requests li");
  const seen = await page.evaluate(async () => {
    const box = document.querySelector(".rows.requests");
    const frames = [];
    let drawn = 0;
    for (let step = 1; step <= 40; step += 1) {
      const begun = performance.now();
      box.scrollTop = (box.scrollHeight * step) / 41;
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      frames.push(performance.now() - begun);
      drawn = Math.max(drawn, box.querySelectorAll("li").length);
    }
    frames.sort((a, b) => a - b);
    return { drawn, median: frames[20], total: Number(box.querySelector("li").getAttribute("aria-setsize")), text: document.querySelector("main [role=status]").textContent };
  });
  assert.ok(seen.drawn < 120, `${seen.drawn} rows are in the page at once`);
  assert.ok(seen.total >= 1000, `${seen.total} rows can be scrolled to`);
  assert.ok(seen.total === 10_000 || /no longer known|newest/.test(seen.text), `truncation is stated: ${seen.text}`);
  assert.ok(seen.median < 250, `half of the scrolls took longer than ${seen.median} ms`);
  assert.deepEqual(complaints, []);
  await close();
});

test("every kind of chaos and of fault is added and taken away", async () => {
  const workspace = "chaos";
  const { page, complaints, close } = await open(chromium, mock.base, { workspace, hash: "faults" });
  for (const [section, path] of [["Chaos of deliveries", "chaos"], ["Faults of the API", "faults"]]) {
    const card = `section[aria-label='${section}']`;
    await page.waitForSelector(`${card} form`);
    const kinds = await page.$$eval(`${card} form select`, (selects) => [...selects[1].options].map((option) => option.value));
    assert.ok(kinds.length >= 4, `${section} offers ${kinds}`);
    for (const [index, kind] of kinds.entries()) {
      const select = (await page.$$(`${card} form select`))[1];
      await select.select(kind);
      await page.locator(`${card} form button.primary`).click();
      await page.waitForFunction((rows, count) => document.querySelectorAll(rows).length === count, {}, `${card} tbody tr`, index + 1);
    }
    const known = await ask(mock.base, "GET", `/${path}`, undefined, workspace);
    assert.equal((known.rules ?? known.faults).length, kinds.length);
    await page.locator(`${card} ::-p-xpath(.//button[text()='Remove all'])`).click();
    await page.waitForFunction((rows) => document.querySelectorAll(rows).length === 0, {}, `${card} tbody tr`);
  }
  assert.deepEqual(complaints, []);
  await close();
});

test("the keyboard alone gets everywhere", async () => {
  const { page, complaints, close } = await open(chromium, mock.base, { workspace: "keyboard" });
  await quiet(page);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the page");
  const reached = new Set();
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.dataset?.page ?? document.activeElement.tagName));
  }
  for (const name of ["overview", "requests", "events", "deliveries", "conversations", "scenarios", "contract", "state", "faults"]) {
    assert.ok(reached.has(name), `the link to ${name} is reached: ${[...reached]}`);
  }
  assert.deepEqual(complaints, []);
  await close();
});
