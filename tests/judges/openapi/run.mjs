// Every exported OpenAPI document, read by Redocly's loader and judged by its minimal rules.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createConfig, lintFromString } from "@redocly/openapi-core";

/** Warnings that are left alone, each with the reason. */
const accepted = JSON.parse(fs.readFileSync(new URL("warnings.json", import.meta.url), "utf8"));

const mock = (...flags) => execFileSync(process.env.MOCK_SERVER, flags, { encoding: "utf8", maxBuffer: 1 << 26 });

const vendors = JSON.parse(mock("vendors", "--format", "json")).map((one) => one.vendor);
assert.equal(vendors.length, 5, "five vendors are served");
const config = await createConfig({ extends: ["minimal"] });
const needed = new Set();
let wrong = 0;
for (const vendor of vendors) {
  const source = mock("export", "openapi", vendor);
  const document = JSON.parse(source);
  assert.ok(Object.keys(document.paths).length > 0, `${vendor} has no paths`);
  const problems = await lintFromString({ source, absoluteRef: `${vendor}.json`, config });
  let left = 0;
  for (const { severity, ruleId, message, location } of problems) {
    const pointer = location[0]?.pointer ?? "";
    const known = severity === "warn" && accepted.find((one) => one.rule === ruleId && (!one.vendor || one.vendor === vendor) && (!one.pointer || pointer.startsWith(one.pointer)));
    if (known) {
      needed.add(known);
      left += 1;
    } else {
      wrong += 1;
      console.error(`${vendor} ${pointer}: ${severity} ${ruleId}: ${message}`);
    }
  }
  console.log(`${vendor.padEnd(14)} ${Object.keys(document.paths).length} paths, ${Object.keys(document.webhooks ?? {}).length} webhooks; ${problems.length - left} complaints, ${left} warnings left alone`);
}
for (const one of accepted) {
  if (needed.has(one)) continue;
  wrong += 1;
  console.error(`need not be left alone any more: ${JSON.stringify(one)}`);
}
process.exitCode = wrong ? 1 : 0;
