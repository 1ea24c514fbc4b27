import type { Instance } from "./configure.ts";
import type { RankedDecision } from "./decision-entry.ts";
import { CONSUMER, CREDENTIAL } from "./decision-key.ts";
import { findNamed, hasTag } from "./decision-store.ts";
import { readPresented } from "./features/credential.ts";
import { hashCredential, keyOf } from "./features/identity.ts";
import { findIdentity } from "./identities.ts";

/** Decisions about whose request it is, before authentication. Hashes are kept: two generations, bounded. */
const KEPT = 2000;

let young = new LuaTable<string, string>();
let old = new LuaTable<string, string>();
let size = 0;
let keptFor: string | undefined;

const keep = (presented: string, hash: string): string => {
  if (size >= KEPT) {
    old = young;
    young = new LuaTable();
    size = 0;
  }
  size += 1;
  young.set(presented, hash);
  return hash;
};

const forgetOtherKey = (key: string): void => {
  if (key === keptFor) return;
  keptFor = key;
  young = new LuaTable();
  old = new LuaTable();
  size = 0;
};

/** As `hashCredential`, and kept for the next time. */
export const hashPresented = (instance: Instance, presented: string): string => {
  forgetOtherKey(keyOf(instance));
  return young.get(presented) ?? old.get(presented) ?? keep(presented, hashCredential(instance, presented));
};

const findByCredentials = (instance: Instance, best: RankedDecision | undefined): RankedDecision | undefined => {
  let chosen = best;
  for (const variable of instance.credentialVariables) {
    const presented = readPresented(variable);
    if (presented !== undefined) chosen = findNamed(chosen, CREDENTIAL, hashPresented(instance, presented));
  }
  return chosen;
};

/** The stronger of `best` and what is decided about the credentials that the request presents, or the consumer that they were let in as. */
export const findByIdentity = (
  instance: Instance,
  gateway: string,
  best: RankedDecision | undefined,
): RankedDecision | undefined => {
  const chosen = hasTag(CREDENTIAL, gateway) ? findByCredentials(instance, best) : best;
  if (!hasTag(CONSUMER, gateway)) return chosen;
  const consumer = findIdentity(instance)?.consumer ?? "";
  return consumer === "" ? chosen : findNamed(chosen, CONSUMER, consumer);
};
