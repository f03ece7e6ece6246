// Documented requests of a contract, made ready to be sent.

import { session } from "./api.js";

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"];

/** Every operation of a contract with its path and method; two that share these stand apart. */
export function operations(document) {
  const found = [];
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      for (const one of operation["x-alternatives"] ?? [operation]) {
        found.push({ path, method: method.toUpperCase(), shared: item.parameters ?? [], document, ...one });
      }
    }
  }
  return found;
}

/** The facts that the server tells of a vendor. */
export function vendorOf(name) {
  return session.vendors.find((one) => one.vendor === name);
}

function filled(text, vendor) {
  return String(text).replace(/\{\{([^{}]+)\}\}/g, (whole, name) => vendor.variables[name.trim()] ?? whole);
}

/** Puts values for the collection's variables into a documented body. */
function filledJson(value, vendor, holes, pointer = "") {
  if (typeof value === "string") {
    const text = filled(value, vendor);
    if (holes.includes(pointer)) { try { return JSON.parse(text); } catch { return text; } }
    return text;
  }
  if (Array.isArray(value)) return value.map((one, index) => filledJson(one, vendor, holes, `${pointer}/${index}`));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filledJson(one, vendor, holes, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`)]));
  }
  return value;
}

/** A documented request of this operation, ready for this server: `{method, url, headers: [[name, value]], body: text or undefined}`. */
export function ready(operation, request, vendorName, base) {
  const vendor = vendorOf(vendorName);
  const query = new URLSearchParams((request?.query ?? []).map(([name, value]) => [name, filled(value, vendor)]));
  let path = operation.path.replace(/\{([^{}]+)\}/g, (_, name) => {
    const documented = request?.path?.[name];
    const known = vendor.variables[`path:${name}`] ?? vendor.variables[name];
    const value = documented !== undefined ? filled(documented, vendor) : known;
    return encodeURIComponent(known !== undefined && (value === undefined || /[{:<]/.test(value)) ? known : value ?? name);
  });
  const url = `${base ?? vendor.base_url}${path}${query.size ? `?${query}` : ""}`;
  const headers = [];
  const set = (name, value) => {
    const known = headers.find(([one]) => one === name);
    if (known) known[1] = value; else headers.push([name, value]);
  };
  for (const [name, value] of request?.headers ?? []) set(name.toLowerCase(), filled(value, vendor));
  for (const [name, value] of credentialHeaders(operation, vendor)) set(name.toLowerCase(), value);
  const body = request?.body;
  let text;
  if (body?.json !== undefined) {
    text = JSON.stringify(filledJson(body.json, vendor, request.holes ?? []), null, 2);
    set("content-type", "application/json");
  } else if (body?.text !== undefined) {
    text = filled(body.text, vendor);
  } else if (body?.form) {
    text = new URLSearchParams(body.form.map(([name, value]) => [name, filled(value, vendor)])).toString();
    set("content-type", "application/x-www-form-urlencoded");
  } else if (body?.multipart) {
    const boundary = "mock-boundary-7d1f";
    text = body.multipart.map(([name, value]) => {
      const file = typeof value === "object" && value !== null;
      const disposition = `Content-Disposition: form-data; name="${name}"${file ? `; filename="${value.file}"` : ""}`;
      return `--${boundary}\r\n${disposition}\r\n\r\n${file ? "a small file" : filled(value, vendor)}\r\n`;
    }).join("") + `--${boundary}--\r\n`;
    set("content-type", `multipart/form-data; boundary=${boundary}`);
  }
  return { method: operation.method, url, headers: headers.filter(([name]) => name !== "content-type" || text !== undefined), body: text };
}

/** The credential headers of a vendor that this operation takes, in the first of its documented forms. */
function credentialHeaders(operation, vendor) {
  const security = operation.security ?? operation.document.security;
  if (!security) return Object.entries(vendor.headers);
  const schemes = operation.document.components?.securitySchemes ?? {};
  const named = Object.keys(security[0] ?? {}).map((name) => schemes[name]).map((one) => (one?.in === "header" ? one.name : "authorization").toLowerCase());
  return Object.entries(vendor.headers).filter(([name]) => named.includes(name.toLowerCase()));
}

const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;

/** A request as a command for a shell. */
export function curl({ method, url, headers, body }) {
  const parts = [`curl -X ${method} ${quoted(url)}`];
  for (const [name, value] of headers) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined && body !== null) parts.push(`--data-raw ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

/** An exchange of the journal as a command for a shell. */
export function curlOf(exchange) {
  const unsent = new Set(["host", "content-length", "connection", "accept-encoding", "transfer-encoding"]);
  const { method, target, headers, body } = exchange.request;
  return curl({
    method,
    url: location.origin + target,
    headers: headers.filter(([name]) => !unsent.has(name.toLowerCase())),
    body: bodyText(body),
  });
}

/** A kept body as text; what is not text is named by its size. */
export function bodyText(body) {
  if (!body) return undefined;
  if (body.text !== undefined) return body.text;
  if (body.json !== undefined) return JSON.stringify(body.json);
  return undefined;
}
