/** What a body is: by its declared type where it looks so, else by its looks. */
export type BodyFormat = "json" | "form" | "multipart" | "xml" | "graphql" | "text";

let lastType = "";
let lastLowered = "";

/** Content types repeat: the last one is kept. */
export function lowerType(type: string): string {
  if (type !== lastType) {
    lastType = type;
    lastLowered = string.lower(type);
  }
  return lastLowered;
}

function contains(text: string, word: string): boolean {
  const [at] = string.find(text, word, 1, true);
  return at !== undefined;
}

/** `type` is in lower case. */
function declaredFormat(type: string): BodyFormat {
  if (contains(type, "json")) return "json";
  if (contains(type, "form-urlencoded")) return "form";
  if (contains(type, "multipart/")) return "multipart";
  if (contains(type, "xml")) return "xml";
  return contains(type, "application/graphql") ? "graphql" : "text";
}

/** White space, and a byte order mark of UTF-8. */
const IGNORED = `%s${string.char(0xef, 0xbb, 0xbf)}`;

/** What the first byte that is no blank tells, where it tells anything. */
export function sniffFormat(body: string): BodyFormat {
  const [at] = string.find(body, `[^${IGNORED}]`);
  const first = at === undefined ? 0 : string.byte(body, at);
  if (first === 123 || first === 91) return "json";
  return first === 60 ? "xml" : "text";
}

/** A JSON text may also be a string, a number or a name. */
function canBeJson(body: string): boolean {
  const first = string.byte(body, 1);
  if (first === 123 || first === 91) return true;
  const [at] = string.find(body, `^[${IGNORED}\x1e]*[%[{"%dtfn-]`);
  return at !== undefined;
}

/** Whether a body can be what it is declared as. */
function fits(format: BodyFormat, body: string): boolean {
  if (format === "json") return canBeJson(body);
  return format !== "xml" || sniffFormat(body) === "xml";
}

/** Whether a body of this type is XML by its looks alone: it may as well be a text that begins with a tag. `type` is in lower case. */
export function isXmlByLooks(format: BodyFormat, type: string | undefined): boolean {
  return format === "xml" && (type === undefined || declaredFormat(type) === "text");
}

/** The format by declaration; nil where the body is nothing like it. `type` is in lower case. */
export function formatOf(body: string, type: string | undefined): BodyFormat | undefined {
  if (type === undefined) return sniffFormat(body) === "text" ? "form" : sniffFormat(body);
  const declared = declaredFormat(type);
  if (declared === "text") return sniffFormat(body);
  return fits(declared, body) ? declared : undefined;
}
