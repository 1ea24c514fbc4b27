/**
 * What text is wrapped in on its way, one kind of wrapping each: percent escapes, `\u`, `\x` and JSON escapes, HTML entities,
 * full-width forms and zero-width characters. Never throws; what does not decode stays.
 */
export const DECODERS: readonly ((text: string) => string)[] = [decodePercent, decodeEscapes, decodeEntities, fold];

function fold(text: string): string {
  return text.normalize("NFKC").replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, "");
}

function decodePercent(text: string): string {
  if (!text.includes("%")) return text;
  return text
    .replace(/%u([0-9a-fA-F]{4})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
      const bytes = Buffer.from(run.replaceAll("%", ""), "hex");
      const utf8 = bytes.toString("utf8");
      return utf8.includes("\ufffd") ? bytes.toString("latin1") : utf8;
    });
}

const CONTROL_ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

function decodeEscapes(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(["'\\/nrtbf]))/g, (_all, u, x, plain) => {
    if (plain !== undefined) return CONTROL_ESCAPES[plain] ?? plain;
    return String.fromCharCode(Number.parseInt(u ?? x, 16));
  });
}

const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  commat: "@",
  colon: ":",
  equals: "=",
  period: ".",
};

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,8}));?/gi, (all, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all;
    const code = hex !== undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

/** What base64 (both alphabets) or hex hides, when it is text; else null. */
export function unwrapToken(token: string): string | null {
  const bytes = /^(?:[0-9a-fA-F]{2})+$/.test(token) ? Buffer.from(token, "hex") : Buffer.from(token, "base64");
  return asText(bytes);
}

export function unwrapBase64(token: string): string | null {
  return asText(Buffer.from(token, "base64"));
}

function asText(bytes: Buffer): string | null {
  if (bytes.length < 6) return null;
  let printable = 0;
  for (const byte of bytes)
    if ((byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13 || byte >= 0xc2) printable++;
  return printable / bytes.length >= 0.9 ? bytes.toString("utf8") : null;
}
