/** What surrounds a value: hosts, clients, headers, names and harmless neighbours. The same for attacks and for benign requests. */
import type { Random } from "../../demo/random.ts";
import type { Draft } from "../request.ts";
import { browserAgent, toolAgent } from "./agents.ts";
import { characters, expand, loadGrammar } from "./grammar.ts";
import { pickQueryEncoder } from "./wire.ts";

const common = loadGrammar("common");

export const word = (random: Random): string => expand(random, common, "word");
export const parameterName = (random: Random): string => expand(random, common, "param");

const SITES = [
  "api.example.com",
  "shop.example.net",
  "www.example.org",
  "app.example.io",
  "intranet.example",
  "localhost:8000",
];
const ACCEPTS = [
  "*/*",
  "application/json",
  "application/json, text/plain, */*",
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
];
const LANGUAGES = [
  "en-US,en;q=0.9",
  "en-US,en;q=0.5",
  "de-DE,de;q=0.9,en;q=0.8",
  "fr,fr-FR;q=0.8,en-US;q=0.5",
  "zh-CN,zh;q=0.9",
  "pt-BR",
];

/** A short value as ordinary fields have it. */
export function plainValue(random: Random): string {
  const at = random.next();
  if (at < 0.3) return String(random.between(0, 5000));
  if (at < 0.6) return word(random);
  if (at < 0.7) return `${word(random)} ${word(random)}`;
  if (at < 0.76)
    return random.pick(["true", "false", "asc", "desc", "en", "de_DE", "on", "all", "USD", "1.5", "-1", ""]);
  if (at < 0.84) return characters(random, "h", 8, 32);
  if (at < 0.9) return `${word(random)}.${word(random)}@example.${random.pick(["com", "org", "net"])}`;
  if (at < 0.95) return `20${random.between(10, 29)}-0${random.between(1, 9)}-${random.between(10, 28)}`;
  return characters(random, "b", 12, 40).replaceAll("+", "-").replaceAll("/", "_");
}

/** `a=1&b=2`, without the name that is already taken. */
export function plainPairs(random: Random, most: number): string[] {
  const encode = pickQueryEncoder(random);
  return Array.from(
    { length: random.between(0, most) },
    () => `${encode(parameterName(random))}=${encode(plainValue(random))}`,
  );
}

export function plainPath(random: Random): string {
  const at = random.next();
  if (at < 0.12) return "/";
  if (at < 0.4) return `/api/v${random.between(1, 4)}/${word(random)}s`;
  if (at < 0.55) return `/${word(random)}s/${random.between(1, 99_999)}/${word(random)}`;
  if (at < 0.75) return `/${word(random)}.${random.pick(["php", "asp", "aspx", "jsp", "do", "html", "cgi", "action"])}`;
  return `/${word(random)}/${word(random)}`;
}

function plainCookie(random: Random): string {
  const pairs = [`session=${characters(random, "h", 16, 40)}`];
  if (random.chance(0.5)) pairs.push(`_ga=GA1.2.${characters(random, "d", 9, 10)}.${characters(random, "d", 10, 10)}`);
  if (random.chance(0.4)) pairs.push(`lang=${random.pick(["en", "de", "fr"])}`);
  if (random.chance(0.3)) pairs.push(`${word(random)}=${encodeURIComponent(plainValue(random))}`);
  return pairs.join("; ");
}

/** Headers as a browser or a program sends them. */
export function plainHeaders(random: Random): Record<string, string> {
  const isBrowser = random.chance(0.7);
  const headers: Record<string, string> = {
    Host: random.pick(SITES),
    "User-Agent": isBrowser ? browserAgent(random) : toolAgent(random),
    Accept: isBrowser ? random.pick(ACCEPTS) : "*/*",
  };
  if (isBrowser && random.chance(0.8)) headers["Accept-Language"] = random.pick(LANGUAGES);
  if (isBrowser && random.chance(0.5)) headers["Accept-Encoding"] = "gzip, deflate, br";
  if (isBrowser && random.chance(0.3)) headers.Referer = `https://${headers.Host}${plainPath(random)}`;
  if (random.chance(0.35)) headers.Cookie = plainCookie(random);
  if (random.chance(0.15)) headers["X-Request-Id"] = characters(random, "h", 32, 32);
  if (random.chance(0.15)) headers.Authorization = `Bearer ${characters(random, "b", 30, 120)}`;
  if (random.chance(0.1)) headers["X-Forwarded-For"] = `203.0.113.${random.between(1, 254)}`;
  return headers;
}

/** A harmless request to write something into. */
export function plainDraft(random: Random): Draft {
  return { method: "GET", path: plainPath(random), query: "", headers: plainHeaders(random), body: "" };
}
