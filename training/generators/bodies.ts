/** Writers of values into bodies: JSON, XML, multipart, GraphQL, plain text. */
import type { Random } from "../../demo/random.ts";
import type { Draft } from "../request.ts";
import { plainValue, word } from "./frame.ts";
import { characters } from "./grammar.ts";
import { jsonString, xmlAttribute, xmlText } from "./wire.ts";

/** Writes a value into a draft. */
export type Writer = (random: Random, draft: Draft, value: string) => void;

/** Puts one among others, at any position. */
export function among(random: Random, others: string[], one: string): string[] {
  others.splice(random.between(0, others.length), 0, one);
  return others;
}

export function post(random: Random, draft: Draft, contentType: string, body: string): void {
  // Pages and scripts take nothing but POST.
  draft.method = draft.path.includes(".") ? "POST" : random.pick(["POST", "POST", "POST", "PUT", "PATCH"]);
  draft.headers["Content-Type"] = contentType;
  draft.body = body;
}

const jsonType = (random: Random) =>
  random.pick(["application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8"]);

function jsonMember(random: Random): string {
  const value = plainValue(random);
  const text = /^-?\d{1,9}$|^(true|false)$/.test(value) && !/^-?0\d/.test(value) ? value : JSON.stringify(value);
  return `${JSON.stringify(word(random))}:${text}`;
}

/** An object with the members around the given one. */
function jsonObject(random: Random, member: string): string {
  const others = Array.from({ length: random.between(0, 5) }, () => jsonMember(random));
  return `{${among(random, others, member).join(random.chance(0.8) ? "," : ", ")}}`;
}

export const inJson: Writer = (random, draft, value) => {
  post(random, draft, jsonType(random), jsonObject(random, `"${word(random)}":${jsonString(random, value)}`));
};

export const inJsonName: Writer = (random, draft, value) => {
  post(
    random,
    draft,
    jsonType(random),
    jsonObject(random, `${jsonString(random, value)}:${JSON.stringify(plainValue(random))}`),
  );
};

export const inNestedJson: Writer = (random, draft, value) => {
  let text = random.chance(0.4)
    ? `[${among(random, [JSON.stringify(word(random))], jsonString(random, value)).join(",")}]`
    : jsonObject(random, `"${word(random)}":${jsonString(random, value)}`);
  for (let depth = random.between(1, 4); depth > 0; depth -= 1) text = jsonObject(random, `"${word(random)}":${text}`);
  post(random, draft, jsonType(random), text);
};

export const inJsonInJson: Writer = (random, draft, value) => {
  const inner = jsonObject(random, `"${word(random)}":${jsonString(random, value)}`);
  post(random, draft, jsonType(random), jsonObject(random, `"${word(random)}":${JSON.stringify(inner)}`));
};

export const inXml: Writer = (random, draft, value) => {
  const [outer, inner, other] = [word(random), word(random), word(random)];
  const head = random.chance(0.5) ? '<?xml version="1.0" encoding="UTF-8"?>\n' : "";
  const body = `${head}<${outer}><${other}>${word(random)}</${other}><${inner}>${xmlText(random, value)}</${inner}></${outer}>`;
  post(
    random,
    draft,
    random.pick(["application/xml", "text/xml", "text/xml; charset=utf-8", "application/soap+xml"]),
    body,
  );
};

export const inXmlAttribute: Writer = (random, draft, value) => {
  const quoted = xmlAttribute(value);
  const tag = word(random);
  post(
    random,
    draft,
    "application/xml",
    `<${tag}s><${tag} id="${random.between(1, 99)}" ${word(random)}="${quoted}"/></${tag}s>`,
  );
};

function boundary(random: Random): string {
  return random.pick([
    `----WebKitFormBoundary${characters(random, "w", 16, 16)}`,
    characters(random, "h", 32, 32),
    `---------------------------${characters(random, "d", 29, 29)}`,
  ]);
}

function multipart(random: Random, draft: Draft, part: string): void {
  const mark = boundary(random);
  const field = `Content-Disposition: form-data; name="${word(random)}"\r\n\r\n${plainValue(random)}`;
  const parts = among(random, random.chance(0.7) ? [field] : [], part).map((each) => `--${mark}\r\n${each}\r\n`);
  post(random, draft, `multipart/form-data; boundary=${mark}`, `${parts.join("")}--${mark}--\r\n`);
}

export const inMultipart: Writer = (random, draft, value) => {
  multipart(random, draft, `Content-Disposition: form-data; name="${word(random)}"\r\n\r\n${value}`);
};

export const inFilename: Writer = (random, draft, value) => {
  const name = value.replace(/["\r\n\0]/g, (each) => (each === '"' ? '\\"' : "%0A"));
  const head = `Content-Disposition: form-data; name="${random.pick(["file", "upload", "image", "avatar"])}"; filename="${name}"`;
  multipart(
    random,
    draft,
    `${head}\r\nContent-Type: ${random.pick(["image/png", "text/plain", "application/octet-stream"])}\r\n\r\n${characters(random, "b", 8, 80)}`,
  );
};

export const inUploadedText: Writer = (random, draft, value) => {
  const head = `Content-Disposition: form-data; name="file"; filename="${word(random)}.${random.pick(["txt", "csv", "xml", "svg", "html", "json"])}"`;
  multipart(
    random,
    draft,
    `${head}\r\nContent-Type: ${random.pick(["text/plain", "text/csv", "application/octet-stream"])}\r\n\r\n${value}`,
  );
};

export const inText: Writer = (random, draft, value) => {
  post(random, draft, random.pick(["text/plain", "text/plain; charset=utf-8", "application/octet-stream"]), value);
};

export const inGraphql: Writer = (random, draft, value) => {
  const name = word(random);
  if (random.chance(0.7)) {
    const query = `query ${name}($input: String!) { ${name}(${word(random)}: $input) { id ${word(random)} } }`;
    post(random, draft, jsonType(random), JSON.stringify({ query, variables: { input: value } }));
  } else {
    const query = `{ ${name}(${word(random)}: ${JSON.stringify(value)}) { id } }`;
    post(random, draft, jsonType(random), JSON.stringify({ query }));
  }
  draft.method = "POST";
  draft.path = "/graphql";
};
