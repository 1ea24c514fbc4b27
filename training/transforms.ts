/** Evasions: pure functions from an attack to the same attack as a filter's author did not expect it. */
import type { Random } from "../demo/random.ts";
import { findCarrier } from "./carrier.ts";
import { expand, loadGrammar } from "./generators/grammar.ts";
import { PLACES, type Place, placeValue } from "./generators/places.ts";
import type { Draft } from "./request.ts";

export interface Transform {
  name: string;
  /** Nothing when the request has no value to transform, or the transform makes no sense for its class. */
  apply(random: Random, request: Draft, payloadClass: string): Draft | undefined;
}

type Rewrite = (random: Random, value: string) => string;

function onValue(name: string, rewrite: Rewrite, classes?: RegExp): Transform {
  return {
    name,
    apply: (random, request, payloadClass) => {
      if (classes && !classes.test(payloadClass)) return undefined;
      const carrier = findCarrier(request);
      return carrier?.put(rewrite(random, carrier.value));
    },
  };
}

function percent(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) => {
      const unit = String.fromCharCode(byte);
      return /[A-Za-z0-9_.~-]/.test(unit) ? unit : `%${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
}

const entity = (unit: string, at: number) =>
  at % 2 === 0 ? `&#${unit.charCodeAt(0)};` : `&#x${unit.charCodeAt(0).toString(16)};`;

/** Everything but letters and digits, and every third of these. */
const toEntities = (value: string) =>
  [...value]
    .map((unit, at) => (/[A-Za-z0-9]/.test(unit) && at % 3 !== 0 ? unit : unit.length === 1 ? entity(unit, at) : unit))
    .join("");

const toEscapes = (value: string) =>
  value.replace(/[^A-Za-z0-9 ]|[aeiou]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

const toFullWidth = (value: string) =>
  value.replace(/[!-~]/g, (unit) => String.fromCharCode(unit.charCodeAt(0) + 0xfee0));

const mixCase: Rewrite = (random, value) =>
  value.replace(/[a-z]/gi, (unit) => (random.chance(0.5) ? unit.toUpperCase() : unit.toLowerCase()));

const prose = loadGrammar("prose");

function proseOf(random: Random, least: number): string {
  let text = "";
  while (text.length < least) text += `${expand(random, prose, "english")} `;
  return text;
}

/** What was base64 as a whole is nothing between paragraphs: no target decodes that. */
const isBase64 = (value: string) => value.length >= 12 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(unescaped(value));

const unescaped = (value: string) =>
  value.replace(/(?:%(?:25)*|\\u00)([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const betweenParagraphs: Transform = {
  name: "prose on both sides",
  apply: (random, request) => {
    const carrier = findCarrier(request);
    if (!carrier || isBase64(carrier.value)) return undefined;
    return carrier.put(`${proseOf(random, 300)}${carrier.value} ${proseOf(random, 300)}`);
  },
};

const LONG_PREFIX = 8192;

/** A long value goes in a body: request lines are limited. */
function withLongPrefix(random: Random, request: Draft): Draft | undefined {
  const carrier = findCarrier(request);
  if (!carrier || isBase64(carrier.value)) return undefined;
  const value = encodeURIComponent(`${proseOf(random, LONG_PREFIX)}${carrier.value}`);
  const headers = { ...request.headers, "Content-Type": "application/x-www-form-urlencoded" };
  return { ...request, method: "POST", query: "", headers, body: `text=${value}` };
}

function movedTo(place: Place): Transform {
  return {
    name: `moved to ${place}`,
    apply: (random, request) => {
      const carrier = findCarrier(request);
      return carrier && placeValue(random, place, carrier.value);
    },
  };
}

const SQL = /sql/;
const CASELESS = /sql|xss|traversal|lfi/;

export const TRANSFORMS: readonly Transform[] = [
  onValue("one more URL encoding", (_, value) => percent(value)),
  onValue("two more URL encodings", (_, value) => percent(percent(value))),
  onValue("HTML entities", (_, value) => toEntities(value)),
  onValue("JavaScript escapes", (_, value) => toEscapes(value)),
  onValue("full-width", (_, value) => toFullWidth(value)),
  onValue("base64", (_, value) => Buffer.from(value, "utf8").toString("base64")),
  onValue("inline comments", (_, value) => value.replaceAll(" ", "/**/"), SQL),
  onValue("mixed case", mixCase, CASELESS),
  onValue("other white space", (random, value) =>
    value.replaceAll(" ", () => random.pick(["\t", "\n", "\r\n", "  ", "\f"])),
  ),
  betweenParagraphs,
  { name: "8 KB prefix", apply: withLongPrefix },
  ...(Object.keys(PLACES) as Place[]).map(movedTo),
];
