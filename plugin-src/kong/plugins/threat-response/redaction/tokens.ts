/** Secrets that are known by their look. */

const MASK = "[redacted]";

const PREFIXES = `
  AKIA ASIA AROA AIDA ghp_ gho_ ghs_ ghu_ ghr_ github_pat_ glpat- glrt- xoxb- xoxp- xoxa- xoxs- xoxe- xapp- sk_live_ sk_test_
  rk_live_ rk_test_ pk_live_ whsec_ AIza ya29. GOCSPX- sk- SG. npm_ pypi- dckr_pat_ hvs. hvb. kpat_ spat_ dop_v1_ shpat_ sq0atp-
  EAA key- lin_api_ ntn_ ATATT hf_ dapi AGE-SECRET-KEY- eyJ rO0AB`;

const prefixes: string[] = [];
for (const [prefix] of string.gmatch(PREFIXES, "%S+")) prefixes.push(prefix);

const MIN_AFTER_PREFIX = 8;
const MIN_OPAQUE = 20;
const MIN_HEX = 32;
const MIN_HEX_TEXT = 14;
const MIN_BASE64_TEXT = 10;

function startsLikeToken(word: string): boolean {
  for (const prefix of prefixes) {
    if (word.length >= prefix.length + MIN_AFTER_PREFIX && string.sub(word, 1, prefix.length) === prefix) return true;
  }
  return false;
}

function holds(word: string, pattern: string): boolean {
  return string.find(word, pattern)[0] !== undefined;
}

/** A long word of mixed kinds that is not language: a key, a token, something encoded. */
function isOpaque(word: string): boolean {
  return word.length >= MIN_OPAQUE && holds(word, "%d") && holds(word, "%l") && holds(word, "%u");
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const sextets = new LuaTable<number, number>();
for (const i of $range(1, ALPHABET.length)) sextets.set(string.byte(ALPHABET, i), i - 1);
sextets.set(45, 62);
sextets.set(95, 63);

function isPrintable(byte: number): boolean {
  return byte >= 32 && byte < 127;
}

/** Whether a word is text in hexadecimal. */
function isHexText(word: string): boolean {
  if (word.length < MIN_HEX_TEXT || word.length % 2 !== 0 || holds(word, "[^%x]")) return false;
  for (const i of $range(1, word.length, 2)) {
    if (!isPrintable(tonumber(string.sub(word, i, i + 1), 16) as number)) return false;
  }
  return true;
}

/** Whether a word is text in base64. */
function isBase64Text(word: string): boolean {
  if (word.length < MIN_BASE64_TEXT || !holds(word, "%u") || !holds(word, "%l")) return false;
  let value = 0;
  let bits = 0;
  let printable = 0;
  let total = 0;
  for (const i of $range(1, word.length)) {
    const sextet = sextets.get(string.byte(word, i));
    if (sextet === undefined) break;
    value = (value * 64 + sextet) % 65536;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      const byte = Math.floor(value / 2 ** bits) % 256;
      total++;
      if (isPrintable(byte)) printable++;
    }
  }
  return total > 0 && printable >= total * 0.95;
}

/** Nobody can tell what such a word says without decoding it. */
function hidesText(word: string): boolean {
  return isHexText(word) || isBase64Text(word);
}

function maskWord(word: string): string {
  return startsLikeToken(word) || isOpaque(word) || hidesText(word) ? MASK : word;
}

function maskHidden(run: string): string {
  return hidesText(run) ? MASK : run;
}

function maskLong(run: string): string {
  return run.length >= MIN_OPAQUE ? MASK : run;
}

function maskHex(run: string): string {
  return run.length >= MIN_HEX ? MASK : run;
}

/** No token is shorter than this. */
const LONG_WORD = string.rep("[%w+/_.-]", MIN_BASE64_TEXT);

/** A telegram or discord token has its separator in the middle; the part behind it is opaque by itself. */
export function maskTokens(text: string): string {
  if (!holds(text, LONG_WORD)) return text;
  let [masked] = string.gsub(text, "%-%-%-%-%-BEGIN[%w ]*PRIVATE KEY.*", MASK);
  [masked] = string.gsub(masked, "eyJ[%w_-]+%.[%w_.=-]+", MASK);
  [masked] = string.gsub(masked, "hooks%.slack%.com/%w+/[%w/+_-]+", MASK);
  [masked] = string.gsub(masked, "%$[%w-]+%$[%w./+=,$-]+", maskLong);
  [masked] = string.gsub(masked, "[%w+/_-]+=*", maskHidden);
  [masked] = string.gsub(masked, "%x+", maskHex);
  const [words] = string.gsub(masked, "[%w_.-]+=*", maskWord);
  return words;
}

/** Any byte of a letter beyond ASCII. */
const HIGH = `${string.char(0x80)}-${string.char(0xff)}`;
const ADDRESS = `[%w._%%+${HIGH}-]+@[%w${HIGH}-]+%.[%w.${HIGH}-]*[%w${HIGH}]`;
/** A part of each scheme's name that no letter case changes. */
const SCHEMES = ["earer", "asic", "igest", "egotiate", "NTLM", "AWS4-HMAC-SHA256"];

function maskScheme(name: string, value: string): string {
  const isCredential = value.length >= MIN_AFTER_PREFIX && holds(value, "[%d%u+/=._~:-]");
  return `${name} ${isCredential ? MASK : value}`;
}

/** Masks credentials after the name of an authentication scheme, and before the @ of an address. */
export function maskCredentials(text: string): string {
  let masked = text;
  for (const scheme of SCHEMES) {
    const [at] = string.find(masked, scheme, 1, true);
    if (at !== undefined) {
      const [escaped] = string.gsub(scheme, "%-", "%%-");
      [masked] = string.gsub(masked, `(%a?${escaped})%s+([%w+/=._~:-]+)`, maskScheme);
    }
  }
  if (!holds(masked, "@")) return masked;
  [masked] = string.gsub(masked, "://[^%s/@:\"'<>]*:[^%s/@\"'<>]+@", `://${MASK}@`);
  const [addresses] = string.gsub(masked, ADDRESS, MASK);
  return addresses;
}
