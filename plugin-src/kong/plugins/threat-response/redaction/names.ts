/** Names under which a secret or something personal stands, compared without case and separators. */
const SECRET_NAMES = `
  password passwd passwort pwd pass passphrase passcode secret clientsecret secretkey privatekey signingkey accountkey
  token csrf csrfmiddlewaretoken requestverificationtoken apikey accesskey accesskeyid authorization auth credential
  credentials cookie setcookie session sessionid sessionkey sid phpsessid jsessionid connectsid otp totp mfacode
  onetimecode pin pincode cvv cvc cvv2 signature sig xamzcredential codeverifier authcode assertion clientassertion
  samlresponse samlrequest seedphrase mnemonic connectionstring databaseurl dsn
  user username userid login loginname email mail phone phonenumber mobile tel firstname lastname fullname surname ssn
  passport passportnumber taxid dob dateofbirth birthdate birthday cardnumber creditcard ccnumber iban accountnumber
  streetaddress`;

/** Endings that make any name one of a secret: `db_password`, `x-amz-security-token`. */
const SECRET_ENDINGS = [
  "password",
  "passwd",
  "secret",
  "token",
  "apikey",
  "accesskey",
  "sessionid",
  "signature",
  "privatekey",
];

const SHORTEST_LAST_PART = 5;
const names = new LuaTable<string, boolean>();
for (const [name] of string.gmatch(SECRET_NAMES, "%S+")) names.set(name, true);

function compact(name: string): string {
  const [bare] = string.gsub(string.lower(name), "[^%w]", "");
  return bare;
}

/** Whether what stands under this name must not be shown: `user[password]`, `X-Api-Key`, `account.secret`. */
export function isSecretName(name: string): boolean {
  const bare = compact(name);
  if (names.has(bare)) return true;
  for (const ending of SECRET_ENDINGS) {
    if (string.sub(bare, -ending.length) === ending) return true;
  }
  const [last] = string.match(name, "[.%[_%-:]([%w]+)[%]%s]*$");
  return last !== undefined && last.length >= SHORTEST_LAST_PART && names.has(compact(last));
}

const MASK = "[redacted]";
/** A name and what stands between it and its separator, at the end of a text. */
const NAME_BEFORE = "([%a][%w_.%-%[%]]*)([\\]*[\"'`]?%s*)$";
const LONGEST_NAME = 80;

/** Index behind the value that starts at `at`: the closing quote, or the end of the word. */
function endOfValue(text: string, at: number): number {
  const [quote] = string.match(text, "^\\*[\"']", at);
  if (quote === undefined) {
    const [stop] = string.find(text, "[%s&;,\"'<>}]", at);
    return stop ?? text.length + 1;
  }
  let from = at + quote.length;
  while (true) {
    const [stop] = string.find(text, quote, from, true);
    if (stop === undefined) return text.length + 1;
    if (string.sub(text, stop - 1, stop - 1) !== "\\") return stop + quote.length;
    from = stop + 1;
  }
}

function isHeaderName(name: string): boolean {
  const bare = compact(name);
  return bare === "cookie" || bare === "setcookie" || string.find(bare, "authorization$")[0] !== undefined;
}

function endOfLine(text: string, at: number): number {
  const [stop] = string.find(text, "[\r\n]", at);
  return stop ?? text.length + 1;
}

/** Masks what follows a telling name: `name=value`, `name: value`, `"name":"value"`. */
export function maskNamed(text: string): string {
  let [start] = string.find(text, "[:=]");
  if (start === undefined) return text;
  const kept: string[] = [];
  let at = 1;
  while (start !== undefined) {
    const before = string.sub(text, math.max(at, start - LONGEST_NAME), start - 1);
    const [name] = string.match(before, NAME_BEFORE);
    const [, separatorEnd] = string.find(text, "^[:=]>?[%s+]*", start);
    let next = (separatorEnd ?? start) + 1;
    if (name !== undefined && isSecretName(name)) {
      kept.push(string.sub(text, at, next - 1));
      kept.push(MASK);
      next = isHeaderName(name) ? endOfLine(text, next) : endOfValue(text, next);
      at = next;
    }
    [start] = string.find(text, "[:=]", next);
  }
  kept.push(string.sub(text, at));
  return table.concat(kept);
}

function maskElement(name: string, value: string): string {
  return `<${name}>${isSecretName(name) ? MASK : value}<`;
}

/** Masks `<name>value</name>`. */
export function maskElements(text: string): string {
  const [masked] = string.gsub(text, "<([%a][%w_.:%-]*)>([^<]+)<", maskElement);
  return masked;
}
