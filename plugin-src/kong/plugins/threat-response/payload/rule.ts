import type { PayloadClass } from "../contract/categories.ts";

/** Where a text was found; a rule says where it applies. */
export const AT_PATH = 1;
export const AT_QUERY = 2;
export const AT_BODY = 4;
/** Names of parameters and keys of JSON objects. */
export const AT_NAME = 8;
export const AT_COOKIE = 16;
export const AT_HEADER = 32;
export const AT_AGENT = 64;
/** A JSON or XML body as one text, undecoded: for what only shows in the structure. */
export const AT_STRUCTURE = 128;

export const AT_VALUE = AT_QUERY | AT_BODY;
/** Everything but the structure of a body. */
export const ANYWHERE = AT_PATH | AT_VALUE | AT_NAME | AT_COOKIE | AT_HEADER | AT_AGENT;

/**
 * A known shape of attack: one of `literals` must occur (lower case; a space stands for any white space) before `expression`
 * (PCRE, without regard to case) is tried.
 */
export interface Rule {
  /** Undefined for the user agents of scanners. */
  class?: PayloadClass;
  /** 0 to 100. Several rules of one class on one value add up. */
  score: number;
  /** A few plain words; " in <field>" follows. */
  reason: string;
  at: number;
  /** Tried on the text with comments and runs of white space folded to one space, as a SQL parser reads it. */
  folded?: boolean;
  /** Tried on the text as a shell reads it, and only where words of it are in pieces (fold-shell.ts). */
  shell?: boolean;
  literals: string[];
  expression: string;
}

/** The literals of one text, separated by `, `: a literal may begin or end with the space that stands for white space. */
export function list(text: string): string[] {
  const literals: string[] = [];
  let from = 1;
  while (true) {
    const [start, stop] = string.find(text, ", ", from, true);
    literals.push(string.sub(text, from, (start ?? 0) - 1));
    if (start === undefined) return literals;
    from = stop + 1;
  }
}

/** One expression that holds where any of these does. */
export function anyOf(alternatives: string[]): string {
  return `(?:${table.concat(alternatives, "|")})`;
}
