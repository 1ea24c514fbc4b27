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
const NAME_PATTERN = "([%a][%w_.%-%[%]]*)([\\]*[\"'`]?%s*[:=]>?[%s+]*)";

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
  const kept: string[] = [];
  let at = 1;
  while (true) {
    const [start, stop, first, second] = string.find(text, NAME_PATTERN, at);
    if (start === undefined) break;
    const name = first as string;
    const separator = second as string;
    const valueAt = stop + 1;
    if (isSecretName(name)) {
      kept.push(string.sub(text, at, start - 1));
      kept.push(`${name}${separator}${MASK}`);
      at = isHeaderName(name) ? endOfLine(text, valueAt) : endOfValue(text, valueAt);
    } else {
      kept.push(string.sub(text, at, valueAt - 1));
      at = valueAt;
    }
  }
  kept.push(string.sub(text, at));
  return table.concat(kept);
}

/** Masks `<name>value</name>`. */
export function maskElements(text: string): string {
  const [masked] = string.gsub(text, "<([%a][%w_.:%-]*)>([^<]+)<", (name: string, value: string) =>
    isSecretName(name) ? `<${name}>${MASK}<` : `<${name}>${value}<`,
  );
  return masked;
}
