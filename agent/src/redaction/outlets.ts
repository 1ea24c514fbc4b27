/**
 * Text that an attacker may have written, made harmless for one outlet each. The text stays readable; what the outlet would
 * act on (markup, mentions, control sequences, formulas, reordering) becomes visible characters.
 */

// C0 and C1 controls, line and paragraph separators, direction overrides and isolates, zero-width and tag characters.
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

const escapeUnseen = (char: string) => `\\u{${char.codePointAt(0)?.toString(16)}}`;

/** One line without control characters; other text as it is. */
export function forTerminal(text: string): string {
  return text.replace(UNSEEN, escapeUnseen);
}

/** One line of a text log: as for a terminal, since that is where logs are read. */
export function forLog(text: string): string {
  return forTerminal(text);
}

/** Markdown as rendered by forges and chat: no markup, links, mentions or references. */
export function forMarkdown(text: string): string {
  return forTerminal(text)
    .replace(/[\\`*_{}[\]()#+!|~<>-]/g, (char) => `\\${char}`)
    .replace(/@(?=\S)/g, "@\u2060")
    .replace(/:(?=\/\/)/g, ":\u2060")
    .replace(/(?<=\bwww)\./gi, "\u2060.");
}

/** Slack's mrkdwn: no entities, mentions, links or formatting. */
export function forSlack(text: string): string {
  return forTerminal(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[*_~`]/g, (char) => `\u2060${char}\u2060`)
    .replace(/@(?=\S)/g, "@\u2060")
    .replace(/:(?=\/\/)/g, ":\u2060");
}

/** One cell of a CSV file: quoted, and never a formula. */
export function forCsv(text: string): string {
  const visible = forTerminal(text);
  const inert = /^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/.test(visible) ? `'${visible}` : visible;
  return `"${inert.replaceAll('"', '""')}"`;
}

const HTML: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
  "=": "&#61;",
};

export function forHtml(text: string): string {
  return forTerminal(text).replace(/[&<>"'`=]/g, (char) => HTML[char] ?? char);
}

/** JSON that may also stand inside a script element or on a terminal: ASCII only, no `<`, `>` or `&`. */
export function forJson(value: unknown): string {
  return (JSON.stringify(value) ?? "null").replace(
    /[<>&\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
