/**
 * Which fields hold secrets: those that Kong's own schemas mark `encrypted` or `referenceable`, and in plugins of others whatever is
 * named or written like one.
 */

const REDIS = ["username", "password"];
const AI = [
  "header_name",
  "header_value",
  "param_name",
  "param_value",
  "gcp_service_account_json",
  "aws_access_key_id",
  "aws_secret_access_key",
  "azure_client_id",
  "azure_client_secret",
  "azure_tenant_id",
];

/** By plugin, at whatever depth of its configuration; what stands under them is secret, too. */
const OF_PLUGIN: Readonly<Record<string, readonly string[]>> = {
  acme: ["account_email", "eab_kid", "eab_hmac_key", "token", ...REDIS],
  "aws-lambda": ["aws_key", "aws_secret", "aws_assume_role_arn"],
  "azure-functions": ["apikey", "clientid"],
  datadog: ["host"],
  "http-log": ["http_endpoint", "headers"],
  loggly: ["key"],
  oauth2: ["provision_key"],
  opentelemetry: ["endpoint", "traces_endpoint", "logs_endpoint", "access_logs_endpoint", "headers"],
  "rate-limiting": REDIS,
  "response-ratelimiting": REDIS,
  session: ["secret"],
  "standard-webhooks": ["secret_v1"],
};

export function schemaSecretsOf(plugin: unknown): readonly string[] {
  if (typeof plugin !== "string") return [];
  return OF_PLUGIN[plugin] ?? (plugin.startsWith("ai-") ? [...AI, ...REDIS] : []);
}

/** The parts of a JSON Web Key that are not public. */
export const PRIVATE_OF_KEY: ReadonlySet<string> = new Set(["d", "p", "q", "dp", "dq", "qi", "k"]);

const WORDS =
  "passwords?|passwd|passphrase|passcode|pwd|secrets?|tokens?|credentials?|authorization|cookie|header_value|param_value|dsn|mnemonic|" +
  "(?:private|api|secret|access|signing|encryption|decryption|hmac|shared|master|account|hash|aws|auth|license|provision|session|client|ssh|" +
  "subscription|storage|functions|webhook|integration|routing|ingest(?:ion)?)_?keys?|apikeys?|service_account(?:_json)?|connection_string|" +
  "(?:database|redis|webhook|slack)_ur[il]|sas|pin|otp_seed";
const NAMED = new RegExp(
  `(?:^|_)(?:${WORDS})(?:_(?:value|text|raw|plain|pem|base64|b64|hash|data|content|string|json))?(?:_?v?\\d{1,3})?$`,
);

/** `clientSecret`, `X-Api-Key` and `redis_password_2` are all names of a secret. */
export function isSecretName(name: string): boolean {
  if (name.length > 120) return false;
  const flat = name
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z\d]+/g, "_")
    .toLowerCase();
  return NAMED.test(flat);
}

/** `name:value` in lists of headers. */
const HEADER =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|[\w-]*(?:key|token|secret|password|passwd|auth)[\w-]{0,8})\s*:\s*\S/i;
const USER_IN_URL = /^[a-z][a-z0-9+.-]{0,20}:\/\/[^/@\s?#]{1,500}@/i;
/** In URLs, forms and code: the name of a secret, and what it is. */
const PAIR = /(?<![A-Za-z\d])([A-Za-z][\w-]{1,60})["']?\s{0,3}[=:]\s{0,3}["']?(?=[^\s"'&;,{}()]{6})/g;

export function looksSecret(value: string): boolean {
  return (
    HEADER.test(value) ||
    USER_IN_URL.test(value) ||
    [...value.matchAll(PAIR)].some(([, name]) => isSecretName(name ?? ""))
  );
}
