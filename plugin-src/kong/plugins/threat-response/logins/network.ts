import type { Instance } from "../configure.ts";
import type { LoginAttempt } from "../features/login.ts";
import type { Source } from "../features/source.ts";
import { loadRecord, noteExplained, noteFailure, noteSuccess, noteTry, saveRecord, tagOf } from "./address-record.ts";

/**
 * Whoever has a /48 of IPv6 has 65,536 networks of 64 bits, an address of his own for each attempt. So strangers' logins count for the /48 as well:
 * when far more of its users fail than ever succeed, strangers from there have to wait. Carriers have such networks too, but their customers
 * succeed for the most part.
 */
const LENGTH = 16;
const PREFIX = 6;
/** Over hours, failures have to outnumber successes by this. */
const SLOW_FACTOR = 3;
const { sub } = string;

const networkOf = ({ binary }: Source): string | undefined =>
  binary.length === LENGTH ? sub(binary, 1, PREFIX) : undefined;

const load = (instance: Instance, key: string): ReturnType<typeof loadRecord> =>
  loadRecord(key, instance.config.login.window_s, instance.config.login.slow_window_s);

const save = (instance: Instance, key: string): void =>
  saveRecord(key, 2 * Math.max(instance.config.login.window_s, instance.config.login.slow_window_s));

/** A stranger's attempt begins; whether too many of his network have failed. */
export const isBadNetwork = (instance: Instance, source: Source, login: LoginAttempt): boolean => {
  const key = networkOf(source);
  if (key === undefined || login.kind !== "path") return false;
  const record = load(instance, key);
  noteTry(tagOf(login.user));
  save(instance, key);
  const { max_users_per_ip } = instance.config.login;
  const pending = record.tried - record.successes;
  if (pending > max_users_per_ip && pending >= record.successes && record.failures > 0) return true;
  return record.failed >= max_users_per_ip && record.failed >= SLOW_FACTOR * record.succeeded;
};

/** How a stranger's attempt ended. */
export const noteInNetwork = (
  instance: Instance,
  source: Source,
  login: LoginAttempt,
  result: "failed" | "explained" | "succeeded",
): void => {
  const key = networkOf(source);
  if (key === undefined) return;
  load(instance, key);
  if (result === "failed") noteFailure(tagOf(login.user));
  else if (result === "explained") noteExplained(tagOf(login.user));
  else noteSuccess(tagOf(login.user));
  save(instance, key);
};
