/** Finds one field of a login body without decoding the rest: JSON or form, by the content type or else by the first byte. */
const { byte, find, gsub, lower, sub } = string;

const QUOTE = 34;

/** Where the JSON string that begins behind `start` ends. */
const findEnd = (text: string, start: number): number | undefined => {
  let at: number | undefined = start;
  while (at !== undefined) {
    [at] = find(text, '["\\]', at);
    if (at === undefined || byte(text, at) === QUOTE) return at;
    at += 2;
  }
  return undefined;
};

const findInJson = (body: string, field: string): string | undefined => {
  const name = `"${field}"`;
  let [at, last] = find(body, name, 1, true);
  while (at !== undefined && last !== undefined) {
    const [, opened] = find(body, '^%s*:%s*"', last + 1);
    if (opened !== undefined) {
      const end = findEnd(body, opened + 1);
      return end === undefined ? undefined : sub(body, opened + 1, end - 1);
    }
    const [, digits, number] = find(body, "^%s*:%s*(%d+)", last + 1);
    if (digits !== undefined) return number as unknown as string;
    [at, last] = find(body, name, last + 1, true);
  }
  return undefined;
};

const decodeForm = (text: string): string => {
  const [spaced] = gsub(text, "%+", " ");
  return ngx.unescape_uri(spaced);
};

const findInForm = (body: string, field: string): string | undefined => {
  const name = `${field}=`;
  let [at, last] = find(body, name, 1, true);
  while (at !== undefined && last !== undefined) {
    if (at === 1 || byte(body, at - 1) === 38) {
      const [end] = find(body, "&", last + 1, true);
      return decodeForm(sub(body, last + 1, end === undefined ? -1 : end - 1));
    }
    [at, last] = find(body, name, last + 1, true);
  }
  return undefined;
};

const isJson = (body: string, contentType: string | undefined): boolean => {
  const [named] = find(lower(contentType ?? ""), "json", 1, true);
  if (named !== undefined) return true;
  const [first] = find(body, "^%s*[{%[]");
  return first !== undefined;
};

/** The value of `field`, undecoded escapes included for JSON: it is only hashed. */
export const findField = (body: string, contentType: string | undefined, field: string): string | undefined =>
  isJson(body, contentType) ? findInJson(body, field) : findInForm(body, field);
