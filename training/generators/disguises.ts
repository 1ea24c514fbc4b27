/** Rewritings that leave a value's meaning to its target as it is. */
import type { Disguise } from "./attack-generator.ts";

export const mixCase: Disguise = (random, value) =>
  value.replace(/[a-z]/gi, (letter) => (random.chance(0.5) ? letter.toUpperCase() : letter.toLowerCase()));

export const upperCase: Disguise = (_, value) => value.toUpperCase();

const KEYWORDS =
  /\b(?:select|union|from|where|and|or|order|by|insert|update|delete|drop|sleep|concat|limit|having|group|all|like|null|case|when|then|else|end|into|exec|declare|benchmark|version|database|user)\b/gi;

export const shoutKeywords: Disguise = (_, value) => value.replace(KEYWORDS, (keyword) => keyword.toUpperCase());

export const mixKeywords: Disguise = (random, value) => value.replace(KEYWORDS, (keyword) => mixCase(random, keyword));

/** MySQL runs what stands in such a comment. */
export const versionComments: Disguise = (random, value) =>
  value.replace(KEYWORDS, (keyword) =>
    random.chance(0.6) ? `/*!${random.pick(["", "50000", "12345", "00000"])}${keyword}*/` : keyword,
  );

/** For filters that take keywords out once. */
export const doubledKeywords: Disguise = (_, value) =>
  value.replace(/\b(?:select|union|from|where|or|and)\b/gi, (keyword) => {
    const half = keyword.length >> 1;
    return keyword.slice(0, half) + keyword + keyword.slice(half);
  });

const SQL_SPACES = [
  "/**/",
  "/**/",
  "\t",
  "\n",
  "\r\n",
  "+",
  "/*a*/",
  "/*-*/",
  "%20",
  "\v",
  "\f",
  "  ",
  "/*!*/",
  "%0a",
  "--\n",
  "#x\n",
  "\u00a0",
];

export const sqlSpaces: Disguise = (random, value) => {
  const style = random.pick(SQL_SPACES);
  return value.replaceAll(" ", () => (random.chance(0.9) ? style : random.pick(SQL_SPACES)));
};

export const looseSpaces: Disguise = (random, value) =>
  value.replace(/[=(),<>]/g, (sign) => (random.chance(0.3) ? ` ${sign} ` : sign));

/** 'abc' as 0x616263 or char(97,98,99). */
export const sqlStrings: Disguise = (random, value) =>
  value.replace(/'([A-Za-z0-9/_.%]{1,20})'/g, (_, text: string) => {
    const bytes = [...Buffer.from(text, "latin1")];
    if (random.chance(0.6)) return `0x${Buffer.from(bytes).toString("hex")}`;
    return random.chance(0.5) ? `char(${bytes.join(",")})` : bytes.map((byte) => `chr(${byte})`).join("||");
  });

export const operators: Disguise = (random, value) =>
  value
    .replace(/\bor\b/gi, () => random.pick(["||", "or", "xor"]))
    .replace(/\band\b/gi, () => random.pick(["&&", "and"]));

export const percentOnce: Disguise = (_, value) =>
  value.replace(/[^A-Za-z0-9_.~-]/g, (unit) =>
    unit.charCodeAt(0) < 128 ? `%${unit.charCodeAt(0).toString(16).padStart(2, "0")}` : unit,
  );

export const percentTwice: Disguise = (random, value) => percentOnce(random, value).replaceAll("%", "%25");

export const percentLetters: Disguise = (random, value) =>
  value.replace(/[a-z]/gi, (letter) => (random.chance(0.2) ? `%${letter.charCodeAt(0).toString(16)}` : letter));

export const htmlEntities: Disguise = (random, value) =>
  value.replace(/[a-z0-9:()<>"'/]/gi, (unit) => {
    if (!random.chance(0.4)) return unit;
    const code = unit.charCodeAt(0);
    return random.chance(0.5) ? `&#${code};` : `&#x${code.toString(16)};`;
  });

export const namedEntities: Disguise = (_, value) =>
  value.replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export const unicodeEscapes: Disguise = (random, value) =>
  value.replace(/[a-z<>"'()]/gi, (unit) =>
    random.chance(0.3) ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}` : unit,
  );

export const hexEscapes: Disguise = (random, value) =>
  value.replace(/[a-z<>"'()]/gi, (unit) => (random.chance(0.3) ? `\\x${unit.charCodeAt(0).toString(16)}` : unit));

export const fullWidth: Disguise = (random, value) => {
  const share = random.pick([0.2, 1]);
  return value.replace(/[!-~]/g, (unit) =>
    random.chance(share) ? String.fromCharCode(unit.charCodeAt(0) + 0xfee0) : unit,
  );
};

export const base64: Disguise = (_, value) => Buffer.from(value, "utf8").toString("base64");

export const nullBytes: Disguise = (random, value) =>
  value.replace(/[ <(]/g, (unit) => (random.chance(0.3) ? `${unit}\0` : unit));

const PROSE = [
  "hello",
  "thanks for your help",
  "My order",
  "Ticket 4711",
  "see below",
  "test",
  "Best regards",
  "foo bar",
  "Please update",
  "note to self",
  "I like this",
  "comment",
];

/** Text of a person around it. */
export const someProse: Disguise = (random, value) => {
  const before = random.chance(0.7) ? `${random.pick(PROSE)} ` : "";
  return `${before}${value}${random.chance(0.5) ? ` ${random.pick(PROSE)}` : ""}`;
};

export const tabs: Disguise = (random, value) => value.replaceAll(" ", () => random.pick(["\t", "\n", "\f", "/"]));

export const breakWords: Disguise = (random, value) =>
  value.replace(/\b(?:cat|ls|id|whoami|wget|curl|ping|uname|passwd|etc|bash|nc|sleep)\b/g, (word) => {
    const at = random.between(1, Math.max(1, word.length - 1));
    return `${word.slice(0, at)}${random.pick(["''", '""', "\\", "$@", "$*", "$1", "$()", "``", "$u"])}${word.slice(at)}`;
  });

export const shellSpaces: Disguise = (random, value) => {
  const style = random.pick(["\u0024{IFS}", "$IFS$9", "\t", "%09", "<", "$IFS", "+"]);
  return value.replaceAll(" ", style);
};

const OTHER_SPACES = ["\u00a0", "\u2003", "\u2009", "\u3000", "\u1680", "\u2028", "\u202f", "\u000b", "\u000c"];

/** One of the spaces that databases and frameworks take for one, in place of all. */
export const otherSpaces: Disguise = (random, value) => value.replaceAll(" ", random.pick(OTHER_SPACES));
