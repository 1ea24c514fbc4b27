/**
 * Text grammars: a file of rules, each a head `«name» =` and one alternative per line. In an alternative
 * `«name»` is another rule, `«name?»` the same or nothing, `«a¦b¦c»` one of these texts, `«3-99»` a number, `«a:3-9»` letters
 * (`A` capitals, `d` digits, `h` hexadecimal, `b` base64, `w` letters and digits), `«#1»` and `«$1»` a number and a word that stay
 * the same within one text, `«sp»`, `«tab»`, `«nl»`, `«crlf»`, `«nul»`, `«lq»`, `«rq»`, `«0x1f»` characters. `«5x»` at the start of a line makes it five times as likely. The first
 * alternative of a recursive rule must not recurse. `«%:name»` is percent-encoded, `«+:name»` as in forms, `«j:name»` as within a JSON string,
 * `«x:name»` as in XML, `«64:name»` in base64. Lines that start with `»` are comments.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../demo/random.ts";

interface Rule {
  alternatives: string[];
  /** An index into `alternatives` for each unit of weight. */
  weighted: number[];
}

export type Grammar = Map<string, Rule>;

const DEEPEST = 14;
const CONTROLS: Record<string, string> = {
  sp: " ",
  tab: "\t",
  nl: "\n",
  crlf: "\r\n",
  nul: "\0",
  cr: "\r",
  lq: "«",
  rq: "»",
};
const ALPHABETS: Record<string, string> = {
  a: "abcdefghijklmnopqrstuvwxyz",
  A: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  d: "0123456789",
  h: "0123456789abcdef",
  b: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  w: "abcdefghijklmnopqrstuvwxyz0123456789",
};

export function parseGrammar(text: string): Grammar {
  const grammar: Grammar = new Map();
  let rule: Rule = { alternatives: [], weighted: [] };
  for (const line of text.split("\n")) {
    const head = /^«([\w-]+)» =$/.exec(line);
    if (head) {
      rule = { alternatives: [], weighted: [] };
      grammar.set(head[1]!, rule);
    } else if (line.trim() !== "" && !line.startsWith("»")) {
      const weight = /^«(\d+)x»/.exec(line);
      for (let unit = 0; unit < Number(weight?.[1] ?? 1); unit += 1) rule.weighted.push(rule.alternatives.length);
      rule.alternatives.push(line.slice(weight?.[0].length ?? 0));
    }
  }
  return grammar;
}

const FOLDER = join(import.meta.dirname, "grammars");
const FILES = readdirSync(FOLDER).sort();

function readRules(name: string): [string, Rule][] {
  const files = FILES.filter((file) => file === `${name}.grammar` || file.startsWith(`${name}-`));
  return files.flatMap((file) => [...parseGrammar(readFileSync(join(FOLDER, file), "utf8"))]);
}

/** The rules of `name.grammar` and of its parts `name-*.grammar`, with those that all share. */
export function loadGrammar(name: string): Grammar {
  return new Map([...readRules("common"), ...readRules(name)]);
}

interface Expansion {
  random: Random;
  grammar: Grammar;
  kept: Map<string, string>;
}

export function characters(random: Random, kind: string, least: number, most: number): string {
  const alphabet = ALPHABETS[kind]!;
  const length = random.between(least, most);
  return Array.from({ length }, () => alphabet[random.between(0, alphabet.length - 1)]).join("");
}

const FILTERS: Record<string, (text: string) => string> = {
  "%": (text) => encodeURIComponent(text),
  "+": (text) => encodeURIComponent(text).replaceAll("%20", "+"),
  j: (text) => JSON.stringify(text).slice(1, -1),
  x: (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
  "64": (text) => Buffer.from(text, /[^\0-\xff]/.test(text) ? "utf8" : "latin1").toString("base64"),
};

function keep({ random, kept }: Expansion, slot: string): string {
  const known = kept.get(slot);
  if (known !== undefined) return known;
  const value = slot.startsWith("#") ? String(random.between(1, 9999)) : characters(random, "a", 1, 7);
  kept.set(slot, value);
  return value;
}

function expandSlot(state: Expansion, slot: string, depth: number): string {
  const { random } = state;
  const control = CONTROLS[slot];
  if (control !== undefined) return control;
  const filtered = /^(%|\+|j|x|64):(.+)$/s.exec(slot);
  if (filtered) return FILTERS[filtered[1]!]!(expandSlot(state, filtered[2]!, depth));
  if (slot.includes("¦")) return random.pick(slot.split("¦"));
  if (/^[#$]\d$/.test(slot)) return keep(state, slot);
  if (/^0x[0-9a-f]{2}$/.test(slot)) return String.fromCharCode(Number(slot));
  const range = /^(?:([aAdhbw]):)?(\d+)(?:-(\d+))?$/.exec(slot);
  if (range) {
    const [least, most] = [Number(range[2]), Number(range[3] ?? range[2])];
    return range[1] ? characters(random, range[1], least, most) : String(random.between(least, most));
  }
  if (slot.endsWith("?")) return random.chance(0.5) ? expandRule(state, slot.slice(0, -1), depth) : "";
  return expandRule(state, slot, depth);
}

function expandRule(state: Expansion, name: string, depth: number): string {
  const rule = state.grammar.get(name);
  if (!rule) throw new Error(`The grammar has no rule «${name}».`);
  const alternative = rule.alternatives[depth > DEEPEST ? 0 : state.random.pick(rule.weighted)]!;
  return alternative.replace(/«([^»]+)»/g, (_, slot: string) => expandSlot(state, slot, depth + 1));
}

export function expand(random: Random, grammar: Grammar, rule = "start"): string {
  return expandRule({ random, grammar, kept: new Map() }, rule, 0);
}
