import type { Headers } from "../features/header-lines.ts";
import { wantHeader } from "../features/header-lines.ts";
import { buildIndex, type LiteralIndex, mentions } from "./literal-index.ts";

/** Rules of the configuration: the same pass as for what ships with the plugin, compiled once for each content. */

/** As the schema states it. */
export interface RuleConfig {
  id: string;
  description?: string;
  on: "path" | "query" | "agent" | "header" | "body" | "any";
  /** Name of the header, with `on: header`. */
  header?: string;
  /** One of them has to occur, without regard to case. */
  literals: string[];
  /** PCRE, without regard to case; has to match too where there are literals. */
  pattern?: string;
  /** Empty for all. */
  methods: string[];
  action: "flag" | "throttle" | "block";
  score: number;
}

export interface CompiledRule {
  config: RuleConfig;
  /** Lower case. */
  literals: string[];
  pattern: string | undefined;
  methods: LuaSet<string> | undefined;
  /** Of the header; nil for other parts. */
  header: string | undefined;
}

/** The rules about one part of a request, and what tells that none of them can hold. */
export interface PartRules {
  rules: CompiledRule[];
  index: LiteralIndex;
  /** Some rule has no literal: its pattern is tried on every request. */
  isAlways: boolean;
}

export interface CustomRules {
  path: PartRules | undefined;
  query: PartRules | undefined;
  agent: PartRules | undefined;
  /** Cookies and Referer, for rules about anything. */
  other: PartRules | undefined;
  body: PartRules | undefined;
  headers: CompiledRule[];
}

/** Ends of literals are what is searched for; the rest is compared where one was met. */
const ANCHOR = 14;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function compileRule(config: RuleConfig): CompiledRule {
  const literals: string[] = [];
  for (const literal of config.literals) literals.push(string.lower(literal));
  let methods: LuaSet<string> | undefined;
  for (const method of config.methods) {
    methods ??= new LuaSet<string>();
    methods.add(method);
  }
  const header = config.on === "header" && isText(config.header) ? string.lower(config.header) : undefined;
  if (header !== undefined) wantHeader(header);
  return { config, literals, pattern: isText(config.pattern) ? config.pattern : undefined, methods, header };
}

function compilePart(rules: CompiledRule[], on: string): PartRules | undefined {
  const chosen: CompiledRule[] = [];
  const anchors: string[][] = [];
  let isAlways = false;
  for (const rule of rules) {
    if (rule.config.on === on || rule.config.on === "any") {
      chosen.push(rule);
      const list: string[] = [];
      for (const literal of rule.literals) list.push(string.sub(literal, -ANCHOR));
      anchors.push(list);
      if (list.length === 0) isAlways = true;
    }
  }
  return chosen.length === 0 ? undefined : { rules: chosen, index: buildIndex(anchors), isAlways };
}

/** Nil without rules. */
export function compileRules(configs: RuleConfig[] | undefined): CustomRules | undefined {
  if (configs === undefined || configs.length === 0) return undefined;
  const rules: CompiledRule[] = [];
  const headers: CompiledRule[] = [];
  for (const config of configs) {
    const rule = compileRule(config);
    rules.push(rule);
    if (rule.header !== undefined) headers.push(rule);
  }
  return {
    path: compilePart(rules, "path"),
    query: compilePart(rules, "query"),
    agent: compilePart(rules, "agent"),
    other: compilePart(rules, "any"),
    body: compilePart(rules, "body"),
    headers,
  };
}

/** Whether some rule about a part may hold for this text. */
export function mayHold(part: PartRules, text: string, isForm: boolean): boolean {
  return part.isAlways || mentions(part.index, isForm ? part.index.form : part.index.wire, text);
}

/** Bytes that a pattern is tried on, at most. */
const MAX_SUBJECT = 2048;

function hasLiteral(rule: CompiledRule, raw: string, decoded: string): boolean {
  if (rule.literals.length === 0) return true;
  for (const literal of rule.literals) {
    if (string.find(decoded, literal, 1, true)[0] !== undefined) return true;
    if (string.find(raw, literal, 1, true)[0] !== undefined) return true;
  }
  return false;
}

/** `raw` and `decoded` in lower case. A pattern that fails while it runs holds for nothing. */
export function ruleHolds(rule: CompiledRule, method: string, raw: string, decoded: string): boolean {
  if (rule.methods !== undefined && !rule.methods.has(method)) return false;
  if (!hasLiteral(rule, raw, decoded)) return false;
  if (rule.pattern === undefined) return true;
  const [start] = ngx.re.find(string.sub(decoded, 1, MAX_SUBJECT), rule.pattern, "ijo");
  return start !== undefined;
}

/** The value of the header that a rule is about; several of one name are one text. */
export function headerOf(headers: Headers, rule: CompiledRule): string | undefined {
  const value = rawget(headers, rule.header as string) as string | string[] | undefined;
  return type(value) === "table" ? table.concat(value as string[], "; ") : (value as string | undefined);
}
