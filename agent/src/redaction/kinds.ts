/**
 * What counts as a secret or as personal data, by its look. Every expression is linear (bounded or possessive by construction: no
 * nested repetition), because attackers choose the text it runs on. Order matters: the more telling kind first.
 */
export interface Kind {
  readonly kind: string;
  readonly pattern: RegExp;
  /** A second look at what matched: how many of its characters are really it, 0 for none. */
  readonly span?: (match: string) => number;
}

const PRIVATE_KEYS: Kind[] = [
  {
    kind: "private_key",
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,8192}?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  { kind: "private_key", pattern: /PuTTY-User-Key-File-\d:[\s\S]{0,8192}/g },
  { kind: "private_key", pattern: /AGE-SECRET-KEY-1[0-9A-Z]{20,}/g },
];

/** Tokens whose makers gave them a prefix that says what they are. */
const TOKENS: Kind[] = [
  { kind: "jwt", pattern: /eyJ[\w-]{6,2000}\.[\w-]{4,4000}(?:\.[\w-]{0,2000}){0,3}/g },
  { kind: "aws_key_id", pattern: /(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA)[A-Z0-9]{12,20}/g },
  { kind: "github_token", pattern: /(?:gh[pousr]_[A-Za-z0-9]{16,255}|github_pat_\w{20,255})/g },
  { kind: "gitlab_token", pattern: /gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat)-[\w-]{16,64}/g },
  { kind: "slack_token", pattern: /(?:xox[abcdeoprs]|xapp)-[\w-]{8,255}/g },
  { kind: "slack_webhook", pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/+-]{8,200}/g },
  { kind: "stripe_key", pattern: /(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,255}/g },
  { kind: "webhook_secret", pattern: /whsec_[A-Za-z0-9+/=]{16,255}/g },
  { kind: "google_key", pattern: /AIza[\w-]{30,50}|ya29\.[\w-]{16,500}|GOCSPX-[\w-]{16,64}/g },
  { kind: "ai_key", pattern: /sk-(?:ant-|proj-|or-|svcacct-)?[\w-]{20,255}/g },
  { kind: "sendgrid_key", pattern: /SG\.[\w-]{10,64}\.[\w-]{10,128}/g },
  { kind: "twilio_key", pattern: /(?<![A-Za-z0-9])(?:SK|AC)[0-9a-f]{32}/g },
  { kind: "mailgun_key", pattern: /(?<![A-Za-z0-9])key-[0-9a-f]{24,64}/g },
  { kind: "mailchimp_key", pattern: /(?<![0-9a-f])[0-9a-f]{32}-us\d{1,2}(?!\d)/g },
  { kind: "registry_token", pattern: /npm_[A-Za-z0-9]{20,64}|pypi-[\w-]{16,500}|dckr_(?:pat|oat)_[\w-]{16,64}/g },
  { kind: "vault_token", pattern: /hv[sbr]\.[\w-]{16,500}|(?<![\w.])s\.[A-Za-z0-9]{24}(?![A-Za-z0-9])/g },
  { kind: "kong_token", pattern: /(?:kpat|spat)_[A-Za-z0-9]{16,128}/g },
  { kind: "digitalocean_token", pattern: /do[opr]_v1_[0-9a-f]{32,128}/g },
  { kind: "shopify_token", pattern: /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,64}/g },
  { kind: "square_token", pattern: /sq0(?:atp|csp|idp)-[\w-]{16,64}|EAAA[\w-]{40,100}/g },
  { kind: "facebook_token", pattern: /(?<![A-Za-z0-9])EAA[A-Za-z0-9]{30,300}/g },
  { kind: "telegram_token", pattern: /(?<!\d)\d{8,10}:AA[\w-]{30,40}/g },
  { kind: "discord_token", pattern: /(?<![\w.])[MNO][\w-]{22,28}\.[\w-]{6}\.[\w-]{27,40}/g },
  { kind: "databricks_token", pattern: /(?<![A-Za-z0-9])dapi[0-9a-f]{30,40}/g },
  { kind: "linear_key", pattern: /lin_(?:api|oauth)_[A-Za-z0-9]{16,64}/g },
  { kind: "notion_token", pattern: /(?:ntn|secret)_[A-Za-z0-9]{30,64}/g },
  { kind: "atlassian_token", pattern: /AT[AC]TT[\w=-]{20,300}/g },
  { kind: "huggingface_token", pattern: /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{20,64}/g },
  { kind: "wif_key", pattern: /(?<![A-Za-z0-9])[5KL][1-9A-HJ-NP-Za-km-z]{50,51}(?![A-Za-z0-9])/g },
  {
    kind: "password_hash",
    pattern: /\$(?:2[abxy]|argon2(?:id|i|d)|5|6|y|scrypt|pbkdf2[\w-]{0,12})\$[\w./+=,$-]{16,255}/g,
  },
];

const CREDENTIALS: Kind[] = [
  { kind: "url_credentials", pattern: /(?<=[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:"'<>]{0,200}:[^\s/@"'<>]{1,400}(?=@)/gi },
  {
    kind: "authorization",
    pattern:
      /(?<![\w-])(?:bearer|basic|digest|negotiate|ntlm|hmac|token|apikey|aws4-hmac-sha256)[ \t]+[\w+/=.~:,"-]{6,4000}/gi,
    span: (match) => (/[\d+/=._~:]|[a-z][A-Z]/.test(match.replace(/^\S+\s+/, "")) ? match.length : 0),
  },
];

const digitsOf = (text: string) => text.replace(/\D/g, "");

function spanOfCard(match: string): number {
  const digits = digitsOf(match);
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length <= 19 && sum % 10 === 0 && !/^0+$/.test(digits) ? match.length : 0;
}

const IBAN_LENGTHS =
  "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 " +
  "GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 " +
  "PT25 QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20";

function isIban(text: string): boolean {
  const compact = text.replace(/[ -]/g, "").toUpperCase();
  if (!IBAN_LENGTHS.includes(`${compact.slice(0, 2)}${compact.length}`)) return false;
  let rest = 0;
  for (const char of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Words that follow look like further groups: the longest run of groups that adds up is the number. */
function spanOfIban(match: string): number {
  for (let length = match.length; length >= 15; length--) {
    const atGap = length === match.length || /[ -]/.test(match.charAt(length));
    if (atGap && isIban(match.slice(0, length))) return length;
  }
  return 0;
}

const PERSONAL: Kind[] = [
  { kind: "email", pattern: /[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}]{2,24}/gu },
  {
    kind: "iban",
    pattern: /(?<![\w-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8}(?![\w-])/gi,
    span: spanOfIban,
  },
  { kind: "card", pattern: /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g, span: spanOfCard },
  { kind: "national_id", pattern: /(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])/g },
  { kind: "national_id", pattern: /(?<!\d)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)/g },
  { kind: "national_id", pattern: /(?<![A-Za-z0-9])[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z0-9])/g },
  { kind: "national_id", pattern: /(?<![\w.-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?![\w-])/g },
  { kind: "phone", pattern: /(?<![\w+])\+\d{1,3}[ .()-]{0,2}\d(?:[ .()-]{0,2}\d){6,12}(?!\d)/g },
  { kind: "phone", pattern: /(?<![\w.-])(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w.-])/g },
];

const SECRETS: readonly Kind[] = [...PRIVATE_KEYS, ...TOKENS, ...CREDENTIALS];
export const KINDS: readonly Kind[] = [...SECRETS, ...PERSONAL];

/** By its look alone, wherever it stands in the text. */
export const holdsSecret = (text: string): boolean =>
  SECRETS.some(({ pattern, span = lengthOf }) => [...text.matchAll(pattern)].some(([match]) => span(match) > 0));

const lengthOf = (text: string): number => text.length;
