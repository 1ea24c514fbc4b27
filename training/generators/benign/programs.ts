/** Texts that programs, their operators and their authors exchange: what they mean is full of signs that attacks are made of. */
import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { type BenignGenerator, postJson, valueGenerator } from "../benign-generator.ts";
import { plainPath } from "../frame.ts";
import { expand, type Grammar, loadGrammar } from "../grammar.ts";
import { type Place, placeValue } from "../places.ts";

const SAVED: readonly Place[] = ["json", "json", "json", "nested-json", "form", "multipart", "upload", "json-in-json"];
const SENT: readonly Place[] = ["text", "text", "upload", ...SAVED];

/** One text of a grammar, or some of them, as documents have them. */
function document(random: Random, grammar: Grammar): string {
  const count = random.chance(0.3) ? random.between(2, 6) : 1;
  return Array.from({ length: count }, () => expand(random, grammar)).join(random.pick(["\n", "\n\n", "\n---\n"]));
}

function documentGenerator(name: string, weight: number, places: readonly Place[]): BenignGenerator {
  const grammar = loadGrammar(name);
  return { name, weight, generate: (random) => placeValue(random, random.pick(places), document(random, grammar)) };
}

/** Guides, answers, messages and notes, with code inside sentences. */
export const guides = documentGenerator("guides", 3, SENT);
/** Manifests, pipelines, plans, schedules and settings. */
export const manifests = documentGenerator("manifests", 5, SENT);
/** Tables, mails, patches, messages and tokens. */
export const exchange = documentGenerator("exchange", 6, SENT);
/** Templates that are saved and previewed. */
export const previews = documentGenerator("previews", 5, SAVED);
/** Queries of monitoring, trackers and search engines, and expressions of tools. */
export const dialects = valueGenerator("dialects", 6, [
  ...Array<Place>(4).fill("query-value"),
  "json",
  "json",
  "nested-json",
  "form",
  "json-in-json",
  "graphql",
]);

const spans = loadGrammar("traces");

function sendTrace(random: Random): Draft {
  const text = expand(random, spans);
  const isWhole = /^[{[].*[}\]]$/.test(text) && random.chance(0.8);
  return isWhole
    ? postJson(random, plainPath(random), text)
    : placeValue(random, random.pick<Place>(["text", "text", "json", "json-in-json"]), text);
}

/** Spans, crashes and log records of agents of observation. */
export const traces: BenignGenerator = { name: "traces", weight: 6, generate: sendTrace };
