import type { Facts } from "../features/facts.ts";
import {
  type CompiledRule,
  type CustomRules,
  headerOf,
  mayHold,
  type PartRules,
  ruleHolds,
} from "../known/custom-rules.ts";
import { decodeText, undisguisedPath } from "../known/request-view.ts";
import { redactText } from "../redact.ts";
import type { Finding } from "../score.ts";

/** Catches what the rules of the configuration say. Example: `{id: "no-legacy", on: "path", literals: ["/legacy/"], action: "block"}`. */
const MAX_WINDOW = 160;
const MAX_DESCRIPTION = 120;

const build = (rule: CompiledRule, facts: Facts, field: string, text: string): Finding => {
  const { id, description, score, action } = rule.config;
  const told = typeof description === "string" ? `: ${string.sub(description, 1, MAX_DESCRIPTION)}` : "";
  return {
    category: "abuse",
    detector: "rules",
    score,
    action,
    subject: "ip",
    value: facts.source.ip,
    field,
    window: field === "header:cookie" ? "[redacted]" : redactText(text, MAX_WINDOW),
    reason: `rule ${id}${told}`,
    rule: id,
  };
};

const stronger = (a: Finding | undefined, b: Finding): Finding => (a === undefined || b.score > a.score ? b : a);

const inPart = (
  best: Finding | undefined,
  part: PartRules | undefined,
  facts: Facts,
  field: string,
  text: string | undefined,
): Finding | undefined => {
  if (part === undefined || text === undefined || text === "") return best;
  const isForm = field === "query" || field === "body";
  if (!mayHold(part, text, isForm)) return best;
  const raw = string.lower(text);
  const decoded = decodeText(text, isForm ? "form" : "none");
  let found = best;
  for (const rule of part.rules) {
    if (ruleHolds(rule, facts.method, raw, decoded)) found = stronger(found, build(rule, facts, field, text));
  }
  return found;
};

const inHeaders = (best: Finding | undefined, rules: CustomRules, facts: Facts): Finding | undefined => {
  let found = best;
  for (const rule of rules.headers) {
    const text = headerOf(facts.headers, rule);
    if (text !== undefined && ruleHolds(rule, facts.method, string.lower(text), decodeText(text, "none"))) {
      found = stronger(found, build(rule, facts, `header:${rule.header}`, text));
    }
  }
  return found;
};

/** The finding of the rule with the highest score that holds. */
export const detectCustom = (rules: CustomRules | undefined, facts: Facts): Finding | undefined => {
  if (rules === undefined) return undefined;
  let best = inPart(undefined, rules.path, facts, "path", facts.path);
  if (rules.path !== undefined) best = inPart(best, rules.path, facts, "path", undisguisedPath(facts.path));
  best = inPart(best, rules.query, facts, "query", facts.query);
  best = inPart(best, rules.agent, facts, "header:user-agent", facts.userAgent);
  best = inPart(best, rules.other, facts, "header:cookie", facts.cookie);
  best = inPart(best, rules.other, facts, "header:referer", facts.referer);
  best = inPart(best, rules.body, facts, "body", facts.body);
  return inHeaders(best, rules, facts);
};
