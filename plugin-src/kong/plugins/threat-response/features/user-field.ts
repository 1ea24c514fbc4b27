/**
 * The users that a login names, in JSON, forms, multipart and XML, without decoding the rest. All of them count: which of two spellings of a
 * field a service takes, nobody knows here, and who adds the name of somebody well known to a victim's is neither of the two.
 */
const MOST_USERS = 8;
const MOST_PAIRS = 1000;
const LONGEST_NAME = 128;
const LONGEST_FIELD = 64;
const { byte, char, find, gsub, lower, match, sub } = string;
const { floor } = math;

const QUOTE = 34;
const SPACE = 32;

/** Without surrounding space, in lower case. No pattern: one that looks for the end from each place takes seconds for what is all spaces. */
export const canonicalUser = (text: string): string => {
  let from = 1;
  while (from <= text.length && byte(text, from) <= SPACE) from += 1;
  let to = Math.min(text.length, from + LONGEST_NAME - 1);
  while (to >= from && byte(text, to) <= SPACE) to -= 1;
  return lower(sub(text, from, to));
};

/** Each once. Services take the first or the last of several: of very many the last is kept. */
export const addUser = (users: string[], text: string): void => {
  const name = canonicalUser(text);
  if (name === "") return;
  for (const known of users) {
    if (known === name) return;
  }
  if (users.length === MOST_USERS) users[MOST_USERS - 1] = name;
  else users.push(name);
};

const putCodePoint = (code: number): string => {
  if (code < 0x80) return char(code);
  if (code < 0x800) return char(0xc0 + floor(code / 64), 0x80 + (code % 64));
  return char(0xe0 + floor(code / 4096), 0x80 + (floor(code / 64) % 64), 0x80 + (code % 64));
};

/** Quotes and backslashes stay escaped. */
const decodeEscape = (digits: string): string => {
  const code = tonumber(digits, 16) as number;
  return code === QUOTE || code === 92 ? `\\u${digits}` : putCodePoint(code);
};

const unescapeJson = (text: string): string => {
  const [at] = find(text, "\\u", 1, true);
  if (at === undefined) return text;
  const [decoded] = gsub(text, "\\u(%x%x%x%x)", decodeEscape);
  return decoded;
};

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

const addJsonValue = (users: string[], text: string, from: number): void => {
  const [, opened] = find(text, '^%s*:%s*"', from);
  if (opened !== undefined) {
    const end = findEnd(text, opened + 1);
    if (end !== undefined) addUser(users, sub(text, opened + 1, end - 1));
    return;
  }
  const [digits] = match(text, "^%s*:%s*(%d+)", from);
  if (digits !== undefined) addUser(users, digits);
};

const addFromJson = (users: string[], body: string, fields: string[]): void => {
  const text = unescapeJson(body);
  const lowered = lower(text);
  for (const field of fields) {
    const name = `"${field}"`;
    let [at, last] = find(lowered, name, 1, true);
    while (at !== undefined && last !== undefined) {
      addJsonValue(users, text, last + 1);
      [at, last] = find(lowered, name, last + 1, true);
    }
  }
};

const decodeForm = (text: string): string => {
  const [spaced] = gsub(text, "%+", " ");
  return ngx.unescape_uri(spaced);
};

/** `email` of `user[email]` too. */
const isField = (raw: string, fields: string[]): boolean => {
  if (raw.length > LONGEST_FIELD) return false;
  const decoded = canonicalUser(decodeForm(raw));
  const [inner] = match(decoded, "%[([^%[%]]+)%]$");
  const name = inner ?? decoded;
  for (const field of fields) {
    if (field === name) return true;
  }
  return false;
};

/** Of a query too. */
export const addFromForm = (users: string[], text: string, fields: string[]): void => {
  let [from, to] = find(text, "[^&;]+");
  let pairs = 0;
  while (from !== undefined && to !== undefined && pairs < MOST_PAIRS) {
    const pair = sub(text, from, to);
    const [equals] = find(pair, "=", 1, true);
    if (equals !== undefined && isField(sub(pair, 1, equals - 1), fields))
      addUser(users, decodeForm(sub(pair, equals + 1)));
    [from, to] = find(text, "[^&;]+", to + 1);
    pairs += 1;
  }
};

const addFromMultipart = (users: string[], body: string, fields: string[]): void => {
  const lowered = lower(body);
  let [at, last] = find(lowered, '[; \t]name%s*=%s*"?', 1);
  while (at !== undefined && last !== undefined) {
    const [name] = match(lowered, '^[^";\r\n]*', last + 1);
    let next = last + 1;
    if (isField(name, fields)) {
      const [, blank] = find(body, "\r?\n\r?\n", next);
      if (blank === undefined) return;
      const [value] = match(body, "^[^\r\n]*", blank + 1);
      addUser(users, value);
      next = blank + 1;
    }
    [at, last] = find(lowered, '[; \t]name%s*=%s*"?', next);
  }
};

const addFromXml = (users: string[], body: string, fields: string[]): void => {
  const lowered = lower(body);
  for (const field of fields) {
    let [at, last] = find(lowered, field, 1, true);
    while (at !== undefined && last !== undefined) {
      const before = at > 1 ? byte(lowered, at - 1) : 0;
      // `<username>` and `<ns:username type="…">`.
      const [, opened] = before === 60 || before === 58 ? find(lowered, "^[%s>]", last + 1) : [undefined, undefined];
      if (opened !== undefined) {
        const [end] = find(lowered, ">", last + 1, true);
        if (end === undefined) break;
        const [value] = match(body, "^[^<]*", end + 1);
        addUser(users, value);
        last = end;
      }
      [at, last] = find(lowered, field, last + 1, true);
    }
  }
};

const BRACE = 123;
const BRACKET = 91;
const LESS = 60;

/** Of UTF-16 and UTF-32 what is ASCII. */
const narrow = (body: string): string => {
  const [zero] = find(body, "%z");
  if (zero === undefined) return body;
  const [text] = gsub(body, "%z", "");
  return text;
};

/** Adds the users that a body names in one of `fields`; by its looks as well as by its type, since services differ in what they go by. */
export const addFromBody = (users: string[], body: string, contentType: string | undefined, fields: string[]): void => {
  const type = lower(contentType ?? "");
  const text = narrow(body);
  // Behind space and the mark of a character set.
  const [start] = find(text, "[%w%p]");
  const first = start === undefined ? 0 : byte(text, start);
  const [isJson] = find(type, "json", 1, true);
  if (isJson !== undefined || first === BRACE || first === BRACKET) addFromJson(users, text, fields);
  if (sub(type, 1, 10) === "multipart/") addFromMultipart(users, text, fields);
  else if (first === LESS) addFromXml(users, text, fields);
  else if (isJson === undefined) addFromForm(users, text, fields);
};
