import { createHash } from "node:crypto";

interface NamedRule {
  class: string;
  reason: string;
  at: number;
}

/** Tells rules, their places and their order from others: what the model learned of rules is tied to their numbers. */
export function rulesDigest(rules: readonly NamedRule[]): string {
  const texts = rules.map(({ class: name, reason, at }) => `${name} ${reason} ${at}`);
  return createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 12);
}
