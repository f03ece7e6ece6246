// A server, a receiver and a browser for each test file.

import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const require = createRequire(import.meta.url);

/** The source of axe, to be run inside a page. */
export const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** Where screenshots go. */
export const shots = process.env.SHOTS ?? path.resolve("../../../target/console");

/** Starts the server on a free port; resolves with its address and a way to stop it. */
export async function server(...flags) {
  const child = spawn(process.env.MOCK_SERVER, ["--port", "0", "--format", "json", ...flags], { stdio: ["ignore", "pipe", "ignore"] });
  const line = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (piece) => {
      text += piece;
      if (text.includes("\n")) resolve(text.split("\n")[0]);
    });
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const base = JSON.parse(line).url;
  return { base, stop: () => child.kill() };
}

/** A webhook receiver whose answers can be changed. */
export async function receiver() {
  const heard = [];
  const state = { status: 200 };
  const listener = http.createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => { body += piece; });
    request.on("end", () => {
      heard.push({ headers: request.headers, body });
      response.writeHead(state.status, { "content-type": "text/plain" }).end(state.status === 200 ? "thank you" : "broken on purpose");
    });
  });
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${listener.address().port}/hook`,
    heard,
    answer: (status) => { state.status = status; },
    stop: () => { listener.closeAllConnections(); listener.close(); },
  };
}

/** A headless Chromium. */
export function browser() {
  return puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
}

/** A page of the console that notes every complaint of the browser. */
export async function open(chromium, base, { workspace = "default", hash = "overview", width = 1280, height = 900, theme = "light" } = {}) {
  const context = await chromium.createBrowserContext();
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => { if (["error", "warn"].includes(message.type())) complaints.push(`${message.text()} ${message.location()?.url ?? ""}`); });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  await page.goto(`${base}/?workspace=${workspace}#/${hash}`, { waitUntil: "domcontentloaded" });
  await page.waitForSelector("main h1");
  return { page, complaints, close: () => context.close() };
}

/** Goes to another page of the console and waits until it has drawn itself. */
export async function visit(page, hash, wait = "main h1") {
  await page.evaluate((to) => { location.hash = `#/${to}`; }, hash);
  await page.waitForFunction((to) => decodeURIComponent(location.hash) === decodeURIComponent(`#/${to}`), {}, hash);
  await page.waitForSelector(wait);
  await quiet(page);
}

/** Waits until the network has been still for a moment; the stream of events does not count. */
export async function quiet(page) {
  await page.waitForNetworkIdle({ idleTime: 150, concurrency: 1, timeout: 15_000 });
}

/** Asks the control API. */
export async function ask(base, method, where, body, workspace = "default") {
  const url = new URL(`/__admin${where}`, base);
  url.searchParams.set("workspace", workspace);
  const response = await fetch(url, { method, headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) });
  const value = await response.json();
  if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${JSON.stringify(value)}`);
  return value;
}
