/** Ways to write a value into a part of a request: each client and each attacker encodes differently. */
import type { Random } from "../../demo/random.ts";

type Encoder = (value: string) => string;

function percent(character: string): string {
  return [...Buffer.from(character, "utf8")]
    .map((byte) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`)
    .join("");
}

function encodeWhere(pattern: RegExp): Encoder {
  return (value) => value.replace(pattern, percent);
}

const encodeStrictly = encodeWhere(/[^A-Za-z0-9_.~-]/gu);
const encodeAsComponent: Encoder = (value) => encodeURIComponent(value);
const encodeAsForm: Encoder = (value) => encodeStrictly(value).replaceAll("%20", "+");
/** As a browser's address bar leaves it. */
const encodeLittle = encodeWhere(/[^!$'()*,\-./0-9:;=?@A-Z[\\\]^_`a-z{|}~]/gu);
/** As typed by hand: only what would end the value; sequences that are encoded already stay. */
const encodeByHand: Encoder = (value) =>
  value
    .replace(/%(?![0-9a-fA-F]{2})/g, "%25")
    .replace(/[^%!-~]|[&#]/gu, percent)
    .replace(/\+/g, "%2B");
const encodeLowerCase: Encoder = (value) => encodeStrictly(value).replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
const encodeEverything = encodeWhere(/./gsu);

/** For a value in a query or a form. */
export function pickQueryEncoder(random: Random): Encoder {
  const at = random.next();
  if (at < 0.35) return encodeAsComponent;
  if (at < 0.55) return encodeAsForm;
  if (at < 0.7) return encodeByHand;
  if (at < 0.82) return encodeLittle;
  if (at < 0.9) return encodeStrictly;
  if (at < 0.97) return encodeLowerCase;
  return encodeEverything;
}

/** For a value that stands in a path as it is or encoded; slashes stay. */
export function encodePath(random: Random, value: string): string {
  if (random.chance(0.5)) return encodeByHand(value).replaceAll("?", "%3F").replaceAll("%2B", "+");
  return encodeAsComponent(value).replaceAll("%2F", random.chance(0.8) ? "/" : "%2F");
}

export function formEncode(value: string): string {
  return encodeAsForm(value);
}

/** What no client could send in a header goes out encoded. */
export function headerValue(value: string): string {
  return value.replace(/[^\t -~]/gu, percent).trim();
}

export function cookieValue(random: Random, value: string): string {
  if (random.chance(0.5)) return encodeAsComponent(value);
  return headerValue(value).replace(/[; ]/g, percent);
}

/** As JavaScript, PHP or Gson write a string. */
export function jsonString(random: Random, value: string): string {
  const plain = JSON.stringify(value);
  const at = random.next();
  const escaped = (text: string, pattern: RegExp) =>
    text.replace(pattern, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (at < 0.75) return plain;
  if (at < 0.85) return plain.replaceAll("/", "\\/");
  if (at < 0.93) return escaped(plain, /[<>&'=]/g);
  return escaped(plain, /[^ -~]/g);
}

const escapeMarkup = (value: string) => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export function xmlText(random: Random, value: string): string {
  if (random.chance(0.2) && !value.includes("]]>")) return `<![CDATA[${value}]]>`;
  return escapeMarkup(value);
}

export function xmlAttribute(value: string): string {
  return escapeMarkup(value).replaceAll('"', "&quot;");
}
