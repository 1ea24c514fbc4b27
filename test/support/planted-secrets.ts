/** Made-up secrets and personal data: `text` as it appears in traffic, `needle` what must not survive redaction. */
export interface Planted {
  kind: string;
  text: string;
  needle: string;
}

const ALPHABET = "aB3dE5fG7hJ9kLmN2pQrS4tUvW6xYz8";
const HEX = "3fa94c07be1d85260f7ac9e4d1b83650";
/** Looks random, is not: no scanner takes it for a leak, and it is the same in every run. */
const filler = (length: number) => Array.from({ length }, (_, i) => ALPHABET[(i * 7 + 3) % ALPHABET.length]).join("");
const upper = (length: number) => filler(length).toUpperCase();
const hex = (length: number) => HEX.repeat(4).slice(0, length);

const token = (kind: string, value: string, around = "GET /hook?next=/home&v=1 %s done"): Planted => ({
  kind,
  text: around.replace("%s", value),
  needle: value,
});
const under = (kind: string, text: string, needle: string): Planted => ({ kind, text, needle });

const jwt = `eyJ${filler(20)}.eyJ${filler(40)}.${filler(43)}`;
const pem = `-----BEGIN RSA PRIVATE KEY-----\n${filler(64)}\n${filler(64)}\n-----END RSA PRIVATE KEY-----`;

const TOKENS: Planted[] = [
  token("jwt", jwt),
  token("aws access key id", `AKIA${upper(16)}`),
  token("aws session key id", `ASIA${upper(16)}`),
  token("github classic", `ghp_${filler(36)}`),
  token("github app", `ghs_${filler(36)}`),
  token("github fine-grained", `github_pat_${filler(22)}_${filler(59)}`),
  token("gitlab", `glpat-${filler(20)}`),
  token("slack bot", `xoxb-1234567890-${filler(24)}`),
  token("slack app", `xapp-1-${filler(40)}`),
  token("slack webhook", `hooks.slack.com/services/T0AAAAAAA/B0AAAAAAA/${filler(24)}`),
  token("stripe live", `sk_live_${filler(24)}`),
  token("stripe restricted", `rk_live_${filler(24)}`),
  token("webhook secret", `whsec_${filler(32)}`),
  token("google api key", `AIza${filler(35)}`),
  token("google oauth", `ya29.${filler(60)}`),
  token("google client secret", `GOCSPX-${filler(28)}`),
  token("anthropic", `sk-ant-api03-${filler(40)}`),
  token("openai", `sk-proj-${filler(40)}`),
  token("sendgrid", `SG.${filler(22)}.${filler(43)}`),
  token("twilio", `SK${hex(32)}`),
  token("mailgun", `key-${hex(32)}`),
  token("mailchimp", `${hex(32)}-us12`),
  token("npm", `npm_${filler(36)}`),
  token("pypi", `pypi-${filler(60)}`),
  token("docker hub", `dckr_pat_${filler(27)}`),
  token("vault service", `hvs.${filler(24)}`),
  token("kong personal", `kpat_${filler(40)}`),
  token("kong system", `spat_${filler(40)}`),
  token("digitalocean", `dop_v1_${hex(64)}`),
  token("shopify", `shpat_${hex(32)}`),
  token("square", `sq0atp-${filler(22)}`),
  token("facebook", `EAA${filler(60)}`),
  token("telegram", `123456789:AA${filler(33)}`),
  token("discord", `M${filler(23)}.${filler(6)}.${filler(27)}`),
  token("databricks", `dapi${hex(32)}`),
  token("linear", `lin_api_${filler(40)}`),
  token("notion", `ntn_${filler(40)}`),
  token("atlassian", `ATATT3${filler(60)}`),
  token("hugging face", `hf_${filler(34)}`),
  token("bcrypt hash", `$2b$12$${filler(53)}`),
  token("argon2 hash", `$argon2id$v=19$m=65536,t=3,p=4$${filler(22)}$${filler(43)}`),
  token("wallet key", `5${filler(50).replaceAll("l", "m")}`),
  token("age key", `AGE-SECRET-KEY-1${upper(58)}`),
  under("pem key", `body ${pem} tail`, filler(64)),
  under(
    "openssh key",
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${filler(70)}\n-----END OPENSSH PRIVATE KEY-----`,
    filler(70),
  ),
];

const NAMED: Planted[] = [
  under("password in query", "/login?user_agent=x&password=hunter2-horse&next=1", "hunter2-horse"),
  under("password in form", "lang=en&passwd=correct.horse", "correct.horse"),
  under("password in json", '{"lang":"en","password":"battery staple 9"}', "battery staple 9"),
  under("password with a quote", '{"pwd":"qu\\"ote-tail-7"}', "ote-tail-7"),
  under("password in xml", "<login><password>xml-pass-77</password></login>", "xml-pass-77"),
  under("nested form name", "user[password]=nested-pass-5&x=1", "nested-pass-5"),
  under("dotted name", "account.secret=dotted-secret-5", "dotted-secret-5"),
  under("environment variable", "DB_PASSWORD=env-pass-31", "env-pass-31"),
  under("client secret", "grant_type=x&client_secret=cs-0a9b8c7d", "cs-0a9b8c7d"),
  under("access token", "access_token=at-0a9b8c7d6e", "at-0a9b8c7d6e"),
  under("refresh token", '{"refresh_token": "rt-0a9b8c7d6e"}', "rt-0a9b8c7d6e"),
  under("api key header", "X-Api-Key: k-0a9b8c7d6e5f", "k-0a9b8c7d6e5f"),
  under("api key query", "/v1?apikey=q-0a9b8c7d6e5f", "q-0a9b8c7d6e5f"),
  under("bearer header", "Authorization: Bearer opaque-0a9b8c7d", "opaque-0a9b8c7d"),
  under("basic header", `Authorization: Basic ${Buffer.from("alice:wonderland-9").toString("base64")}`, "wonderland-9"),
  under("digest header", 'Authorization: Digest username="alice-w", response="6629fae49393a053"', "6629fae49393a053"),
  under("proxy authorization", "Proxy-Authorization: Negotiate YIIopaque0a9b", "YIIopaque0a9b"),
  under("cookie header", "Cookie: theme=dark; opaque=ck-0a9b8c7d6e", "ck-0a9b8c7d6e"),
  under("set-cookie header", "Set-Cookie: id=sc-0a9b8c7d; HttpOnly", "sc-0a9b8c7d"),
  under("session id", "PHPSESSID=ses0a9b8c7d6e", "ses0a9b8c7d6e"),
  under("connect.sid", "connect.sid=s%3Aopaque0a9b8c", "opaque0a9b8c"),
  under("csrf token", "csrf_token=cf-0a9b8c7d", "cf-0a9b8c7d"),
  under("one-time code", "otp=918273", "918273"),
  under("aws secret", `aws_secret_access_key=${filler(40)}`, filler(40)),
  under("presigned url", `/b/o?X-Amz-Signature=${hex(64)}`, hex(64)),
  under("azure account key", `AccountKey=${filler(60)}==;EndpointSuffix=x`, filler(60)),
  under("saml response", `SAMLResponse=${filler(80)}`, filler(80)),
  under("url credentials", "fetch https://svc:url-pass-88@db.example.org/x", "url-pass-88"),
  under("connection string", "postgres://app:pg-pass-99@10.0.0.1:5432/db", "pg-pass-99"),
  under("user name", "username=alice.wonder&x=1", "alice.wonder"),
  under("date of birth", '{"date_of_birth":"1984-11-22"}', "1984-11-22"),
  under("cvv", "cvv=7391", "7391"),
  under("passport", "passport_number=X12345678", "X12345678"),
];

const PERSONAL: Planted[] = [
  under("email", "contact alice.liddell+shop@mail.example.co.uk now", "alice.liddell+shop@mail.example.co.uk"),
  under("email, other letters", "an jürgen@beispiel.de", "jürgen@beispiel.de"),
  under("card", "pay 4111 1111 1111 1111 please", "4111 1111 1111 1111"),
  under("card without gaps", "n=5500005555555559;", "5500005555555559"),
  under("card with dashes", "3782-822463-10005 amex", "3782-822463-10005"),
  under("iban", "to DE89 3704 0044 0532 0130 00 today", "DE89 3704 0044 0532 0130 00"),
  under("iban without gaps", "to GB82WEST12345698765432.", "GB82WEST12345698765432"),
  under("social security number", "id 078-05-1120 ok", "078-05-1120"),
  under("cpf", "doc 123.456.789-09 ok", "123.456.789-09"),
  under("nino", "ni AB 12 34 56 C ok", "AB 12 34 56 C"),
  under("international phone", "call +49 30 901820 55 or", "+49 30 901820 55"),
  under("domestic phone", "call (415) 555-2671 or", "(415) 555-2671"),
];

export const PLANTED: readonly Planted[] = [...TOKENS, ...NAMED, ...PERSONAL];

const percentAll = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const unicodeAll = (text: string) =>
  text
    .split("")
    .map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
const entityAll = (text: string) => [...text].map((char) => `&#${char.codePointAt(0)};`).join("");

/** What a client, a log or a proxy may have wrapped it in. */
export const ENCODINGS: Record<string, (text: string) => string> = {
  plain: (text) => text,
  "url-encoded": encodeURIComponent,
  "url-encoded twice": (text) => encodeURIComponent(encodeURIComponent(text)),
  "form-encoded": (text) => new URLSearchParams({ q: text }).toString(),
  "every byte percent-encoded": percentAll,
  base64: (text) => Buffer.from(text).toString("base64"),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "base64 in a path": (text) => `/v1/blob/${Buffer.from(text).toString("base64url")}/x`,
  "base64, url-encoded": (text) => encodeURIComponent(Buffer.from(text).toString("base64")),
  "base64 of url-encoded": (text) => Buffer.from(encodeURIComponent(text)).toString("base64"),
  hex: (text) => Buffer.from(text).toString("hex"),
  "json string": (text) => JSON.stringify({ q: text }),
  "json in json": (text) => JSON.stringify({ q: JSON.stringify({ r: text }) }),
  "unicode escapes": unicodeAll,
  "html entities": entityAll,
};
