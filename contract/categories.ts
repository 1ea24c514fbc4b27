/** What an incident is. The order is the order of display. */
export const CATEGORIES = [
  "api_ddos",
  "credential_stuffing",
  "abuse",
  "payload_injection",
  "route_misconfig",
  "mass_error",
  "client_anomaly",
] as const;
export type Category = (typeof CATEGORIES)[number];

/** The class of a payload injection. */
export const CLASSES = [
  "sqli",
  "nosqli",
  "xss",
  "cmdi",
  "traversal",
  "ssrf",
  "xxe",
  "ssti",
  "ldap",
  "crlf",
  "jndi",
  "deserialization",
  "prototype",
  "graphql",
] as const;
export type PayloadClass = (typeof CLASSES)[number];

/** What the gateway did with a request; a later one is a stronger one. */
export const VERDICTS = ["allow", "flag", "throttle", "block"] as const;
export type Verdict = (typeof VERDICTS)[number];
