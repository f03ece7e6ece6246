// Every documented use of every vendor, sent by Newman from the exported collection.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import newman from "newman";

/** Requests that cannot be answered as documented, each with the status that comes instead and the reason. */
const oddities = JSON.parse(fs.readFileSync(new URL("oddities.json", import.meta.url), "utf8"));

/** What a documented file holds, whatever its name says it is. */
const FILE = "a documented file\n";

/** Starts the server on a free port; resolves with its address and a way to stop it. */
async function server() {
  const child = spawn(process.env.MOCK_SERVER, ["--port", "0", "--format", "json"], { stdio: ["ignore", "pipe", "ignore"] });
  const line = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (piece) => {
      text += piece;
      if (text.includes("\n")) resolve(text.split("\n")[0]);
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { base: JSON.parse(line).url, stop: () => child.kill() };
}

/** Asks the control API for something of a workspace. */
async function ask(base, workspace, place, body) {
  const url = new URL(`${base}/__admin${place}`);
  url.searchParams.set("workspace", workspace);
  const response = await fetch(url, body && { method: "POST", body: JSON.stringify(body) });
  assert.equal(response.status, 200, `${place}: ${await response.clone().text()}`);
  return response.json();
}

/** The items of a collection, out of their folders. */
const items = (folder) => folder.item.flatMap((one) => (one.item ? items(one) : [one]));

/** Makes the files that a collection uploads, and nothing outside of the folder. */
function files(collection, folder) {
  const fields = items(collection).flatMap((item) => item.request.body?.formdata ?? []);
  for (const { src } of fields) if (src) fs.writeFileSync(path.join(folder, path.basename(src)), FILE);
}

function run(collection, environment, workingDir) {
  return new Promise((resolve, reject) => {
    newman.run({ collection, environment, workingDir, timeoutRequest: 20_000, color: "off" }, (error, summary) => (error ? reject(error) : resolve(summary.run)));
  });
}

/** Runs a vendor's collection in a workspace of its own; returns what was wrong. */
async function judge(base, vendor, folder) {
  const workspace = `newman-${vendor}`;
  const collection = await ask(base, workspace, `/postman/${vendor}.postman_collection.json`);
  const environment = await ask(base, workspace, `/postman/${vendor}.postman_environment.json`);
  // The command line writes the same collection, but for the address.
  const written = JSON.parse(execFileSync(process.env.MOCK_SERVER, ["export", "postman", vendor, "--server", `${base}/w/${workspace}`], { encoding: "utf8", maxBuffer: 1 << 26 }));
  assert.ok(isDeepStrictEqual(written, collection), `${vendor}: the command line exports another collection than the control API`);
  files(collection, folder);
  const wanted = items(collection).map((item) => item.id);
  const { executions } = await run(collection, environment, folder);
  const wrong = [];
  const complain = (id, why) => wrong.push(`${vendor} ${id}: ${why}`);
  const sent = new Set(executions.map(({ item }) => item.id));
  for (const id of wanted) if (!sent.has(id)) complain(id, "was not sent");
  let odd = 0;
  for (const { item, response, assertions, requestError } of executions) {
    const failed = (assertions ?? []).filter((one) => one.error).map((one) => `${one.assertion}: ${one.error.message}`);
    if (requestError) failed.push(requestError.message);
    if (!assertions?.length) failed.push("nothing was tested");
    const listed = oddities.find((one) => one.vendor === vendor && one.item === item.id);
    if (listed && failed.length && response?.code === listed.status) odd += 1;
    else if (listed && !failed.length) complain(item.id, "is listed as an oddity, and need not be");
    else if (failed.length) complain(item.id, failed.join("; "));
  }
  for (const one of oddities) if (one.vendor === vendor && !sent.has(one.item)) complain(one.item, "is listed as an oddity, and is no item");
  // What the mock itself has against the requests and its answers; that the vendor would have been in less of a
  // hurry is no fault.
  const { requests, forgotten } = await ask(base, workspace, "/requests/find", { findings: true, limit: 1000 });
  assert.equal(forgotten, 0, "the journal forgot requests");
  for (const { operation, findings } of requests) {
    for (const { kind, message } of findings) if (kind !== "would_be_throttled") complain(operation, `${kind}: ${message}`);
  }
  const answers = executions.filter(({ response }) => response).length;
  const saved = items(collection).reduce((sum, item) => sum + item.response.length, 0);
  console.log(`${vendor.padEnd(14)} ${wanted.length} requests, ${answers} answered, ${odd} of them oddly; ${saved} saved answers; ${wrong.length} complaints`);
  return wrong;
}

const mock = await server();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "newman-judge-"));
try {
  const vendors = (await (await fetch(`${mock.base}/__admin/vendors`)).json()).map((one) => one.vendor);
  assert.equal(vendors.length, 5, "five vendors are served");
  const wrong = [];
  for (const vendor of vendors) wrong.push(...(await judge(mock.base, vendor, folder)));
  for (const one of wrong) console.error(one);
  process.exitCode = wrong.length ? 1 : 0;
} finally {
  mock.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
