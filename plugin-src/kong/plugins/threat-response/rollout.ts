import { band, bxor, rshift, tobit } from "bit";
import type { Config, Instance } from "./configure.ts";
import { sha256Hex } from "./digest.ts";
import type { Source } from "./features/source.ts";
import type { Finding } from "./score.ts";

/**
 * Gradual roll-out: a detector's verdicts are enforced on `enforce_share` of the clients, and reported as in monitor mode on the others. Which
 * side a client is on depends on its address and `hash_key` alone: the same at each request, on each node and for each detector.
 */
const RANGE = 4_294_967_296;
const { byte, match } = string;

/** The part of the configuration a detector belongs to, by the first word of its name, where the two differ. */
const SECTIONS: Record<string, string> = { scanner: "payload", "credential-stuffing": "login" };

const salts = new LuaTable<string, number>();

/** Without a key an attacker could choose addresses that lie outside; with one nobody can tell which do. */
const saltOf = (key: string): number => {
  const known = salts.get(key);
  if (known !== undefined) return known;
  const salt = tobit(tonumber(string.sub(sha256Hex(`rollout\n${key}`), 1, 8), 16) as number);
  salts.set(key, salt);
  return salt;
};

/** The low 32 bits of a product with a number of 16 bits; of larger ones a double would lose some. */
const multiply = (a: number, b: number): number =>
  tobit(band(a, 0xffff) * b + band(rshift(a, 16) * b, 0xffff) * 65_536);

/** Pure: where a client lies between 0 and 1. */
export const placeOf = (salt: number, key: string): number => {
  let hash = salt;
  for (const i of $range(1, key.length)) hash = multiply(bxor(hash, byte(key, i)), 0xcd35);
  hash = multiply(bxor(hash, rshift(hash, 15)), 0x9e4b);
  hash = multiply(bxor(hash, rshift(hash, 13)), 0xb5a7);
  hash = bxor(hash, rshift(hash, 16));
  return (hash < 0 ? hash + RANGE : hash) / RANGE;
};

const shareOf = (config: Config, finding: Finding): number => {
  const [name] = match(finding.detector, "^[^.]+");
  const section = SECTIONS[name as string] ?? (name as string);
  const settings = (config as unknown as Record<string, { enforce_share?: number } | undefined>)[section];
  return settings?.enforce_share ?? 1;
};

/** Whether the finding is only reported, though the instance enforces: the client is not in the share yet. */
export const isTrial = (instance: Instance, source: Source, finding: Finding): boolean => {
  const share = shareOf(instance.config, finding);
  return share < 1 && placeOf(saltOf(instance.config.hash_key ?? ""), source.key) >= share;
};

/** Marks the findings that are only tried out. */
export const markTrials = (instance: Instance, source: Source, findings: Finding[]): void => {
  if (!instance.enforce) return;
  for (const finding of findings) {
    if (isTrial(instance, source, finding)) finding.isTrial = true;
  }
};
