// What a JSON Schema says of one place, as far as a form needs it.

/** Follows references and takes together what `allOf` says. */
export function resolved(schema, root, depth = 0) {
  if (!schema || typeof schema !== "object" || depth > 40) return {};
  if (schema.$ref) {
    const { $ref, ...rest } = schema;
    return { ...resolved(pointed($ref, root), root, depth + 1), ...rest };
  }
  if (!schema.allOf) return schema;
  const { allOf, ...rest } = schema;
  return allOf.map((one) => resolved(one, root, depth + 1)).reduce(joined, rest);
}

function joined(a, b) {
  return {
    ...a, ...b,
    properties: { ...a.properties, ...b.properties },
    required: [...new Set([...(a.required ?? []), ...(b.required ?? [])])],
  };
}

function pointed(reference, root) {
  if (!reference.startsWith("#/")) return {};
  return reference.slice(2).split("/").reduce((node, key) => node?.[decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~")], root) ?? {};
}

/** The alternatives of a schema, or nothing. */
export function branches(schema) {
  const options = schema.oneOf ?? schema.anyOf;
  return Array.isArray(options) && options.length ? options : null;
}

/** What to call an alternative: what it fixes, else its title or number. */
export function branchName(branch, root, index) {
  const schema = resolved(branch, root);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const fixed = resolved(property, root);
    if (fixed.const !== undefined) return `${name}: ${fixed.const}`;
    if (fixed.enum?.length === 1) return `${name}: ${fixed.enum[0]}`;
  }
  if (schema.title) return schema.title;
  if (schema.const !== undefined) return String(schema.const);
  if (schema.type) return `${index + 1}. ${[schema.type].flat().join(" or ")}`;
  return `${index + 1}.`;
}

/** How well a value goes with a schema, roughly: to choose the branch to show. */
export function likeness(value, schema, root, depth = 0) {
  const known = resolved(schema, root);
  if (depth > 6) return 0;
  const options = branches(known);
  const inner = options ? Math.max(...options.map((one) => likeness(value, one, root, depth + 1))) : 0;
  if (known.const !== undefined) return known.const === value ? 5 : -20;
  if (known.enum) return known.enum.includes(value) ? 4 : -20;
  if (known.type && ![known.type].flat().some((type) => isOf(value, type))) return -20;
  let score = 1 + inner;
  if (value && typeof value === "object" && !Array.isArray(value)) {
    for (const name of known.required ?? []) score += name in value ? 1 : -6;
    for (const [name, property] of Object.entries(known.properties ?? {})) if (name in value) score += 0.5 + likeness(value[name], property, root, depth + 1) / 4;
  }
  if (Array.isArray(value) && value.length && known.items) score += likeness(value[0], known.items, root, depth + 1) / 2;
  return score;
}

/** The schema of a value where there are alternatives: the likeliest one, with what stands beside it. */
export function chosen(schema, value, root) {
  let known = resolved(schema, root);
  for (let depth = 0; depth < 6; depth += 1) {
    const options = branches(known);
    if (!options) break;
    const { oneOf, anyOf, ...rest } = known;
    const scores = options.map((one) => likeness(value, one, root));
    known = joined(rest, resolved(options[scores.indexOf(Math.max(...scores))], root));
  }
  return known;
}

function isOf(value, type) {
  switch (type) {
    case "null": return value === null;
    case "array": return Array.isArray(value);
    case "object": return value !== null && typeof value === "object" && !Array.isArray(value);
    case "integer": return Number.isInteger(value);
    default: return typeof value === type;
  }
}

/** A value to start from. */
export function blank(schema, root, depth = 0) {
  const known = resolved(schema, root);
  if (known.const !== undefined) return known.const;
  if (known.default !== undefined) return known.default;
  if (known.examples?.length) return known.examples[0];
  if (known.enum) return known.enum[0];
  const options = branches(known);
  if (options && !known.properties) return blank(options[0], root, depth + 1);
  const type = [known.type ?? (known.properties ? "object" : known.items ? "array" : "string")].flat()[0];
  switch (type) {
    case "object": {
      const value = {};
      if (depth < 8) for (const name of known.required ?? []) value[name] = blank(known.properties?.[name] ?? {}, root, depth + 1);
      return value;
    }
    case "array": return depth < 8 && known.minItems ? [blank(known.items ?? {}, root, depth + 1)] : [];
    case "integer":
    case "number": return known.minimum ?? 0;
    case "boolean": return false;
    case "null": return null;
    default: return "";
  }
}

/** What limits a value, in a few words. */
export function limits(schema) {
  const words = [];
  if (schema.type) words.push([schema.type].flat().join(" or "));
  if (schema.format) words.push(schema.format);
  if (schema.minLength) words.push(`at least ${schema.minLength} characters`);
  if (schema.maxLength) words.push(`at most ${schema.maxLength} characters`);
  if (schema.minimum !== undefined) words.push(`≥ ${schema.minimum}`);
  if (schema.maximum !== undefined) words.push(`≤ ${schema.maximum}`);
  if (schema.maxItems) words.push(`at most ${schema.maxItems}`);
  if (schema.pattern) words.push(schema.pattern);
  if (schema["x-note"]) words.push(String(schema["x-note"]));
  return words.join(", ");
}
