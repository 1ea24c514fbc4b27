/**
 * JSON of what goes to the agent. lua-cjson would be faster, but in the version that Debian ships an empty list and an empty object are
 * the same, and the agent tells them apart.
 */
const ESCAPES: Record<string, string> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
/** Members that are lists also when empty; every other empty table is an object. */
const LISTS: Record<string, true> = {
  records: true,
  reasons: true,
  samples: true,
  sources: true,
  hits: true,
  scores: true,
  votes: true,
  used: true,
  requests: true,
  query: true,
  headers: true,
  answers: true,
  baselines: true,
  logins: true,
};
const MAX_DEPTH = 8;

function escapeCharacter(character: string): string {
  return ESCAPES[character] ?? string.format("\\u%04x", string.byte(character));
}

function encodeText(text: string): string {
  const [escaped] = string.gsub(text, '[%c"\\\x7f]', escapeCharacter);
  return `"${escaped}"`;
}

/** Infinity and NaN have no JSON; a counter that became one is broken and says 0. */
function encodeNumber(value: number): string {
  return value - value === 0 ? string.format("%.14g", value) : "0";
}

function encodeList(list: unknown[], depth: number): string {
  const parts: string[] = [];
  for (const element of list) {
    parts.push(encode(element, "", depth));
  }
  return `[${table.concat(parts, ",")}]`;
}

function encodeObject(members: Record<string, unknown>, depth: number): string {
  const parts: string[] = [];
  for (const [name, value] of pairs(members)) {
    parts.push(`${encodeText(tostring(name))}:${encode(value, name, depth)}`);
  }
  return `{${table.concat(parts, ",")}}`;
}

function encode(value: unknown, name: string, depth: number): string {
  if (typeof value === "string") {
    return encodeText(value);
  }
  if (typeof value === "number") {
    return encodeNumber(value);
  }
  if (typeof value === "boolean") {
    return value ? "true" : "false";
  }
  if (type(value) !== "table" || depth > MAX_DEPTH) {
    return "null";
  }
  const list = value as unknown[];
  const [first] = next(list);
  if (list[0] !== undefined || (first === undefined && LISTS[name] !== undefined)) {
    return encodeList(list, depth + 1);
  }
  return encodeObject(value as Record<string, unknown>, depth + 1);
}

export function encodeJson(value: unknown): string {
  return encode(value, "", 0);
}
