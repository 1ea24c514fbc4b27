import type { Instance } from "../configure.ts";
import { counters } from "../counters.ts";
import { hmacHex, randomHex } from "../digest.ts";
import { canonicalUser } from "./user-field.ts";

/** User names are known by keyed hashes only. A hash costs more than a look-up, so the last ones are kept. */
const KEPT = 2000;
const { sub } = string;

let young = new LuaTable<string, string>();
let old = new LuaTable<string, string>();
let count = 0;
let ownKey: string | undefined;

/** Without a configured key, or one that Kong can resolve, the hashes mean something on this node only, for as long as nginx runs. */
const nodeKey = (): string => {
  if (ownKey === undefined) {
    counters.add("hash_key", randomHex(32));
    const [shared] = counters.get("hash_key");
    ownKey = shared as string;
  }
  return ownKey;
};

/** The key of an instance's hashes. */
export const keyOf = ({ keyConfig }: Instance): string => {
  const { hash_key } = keyConfig;
  return hash_key === undefined || hash_key === "" ? nodeKey() : hash_key;
};

/** The key of all hashes that are kept. */
let keptKey = "";

const forget = (key: string): void => {
  young = new LuaTable();
  old = new LuaTable();
  count = 0;
  keptKey = key;
};

const remember = (user: string, hash: string): string => {
  if (count === KEPT) {
    old = young;
    young = new LuaTable();
    count = 0;
  }
  count += 1;
  young.set(user, hash);
  return hash;
};

/** 16 hex digits of one or several users, as `user-field.ts` spells them. */
export const hashUsers = (instance: Instance, users: string[]): string => {
  const key = keyOf(instance);
  const user = users.length === 1 ? users[0] : table.concat(users, "\n");
  if (key !== keptKey) forget(key);
  const known = young.get(user) ?? old.get(user);
  return known ?? remember(user, sub(hmacHex(key, `user\n${user}`), 1, 16));
};

/** 16 hex digits; the same for spellings that differ in case or surrounding space only. */
export const hashUser = (instance: Instance, name: string): string => hashUsers(instance, [canonicalUser(name)]);

/** 16 hex digits of a credential exactly as presented. Not kept here: who makes credentials up would only fill the table. */
export const hashCredential = (instance: Instance, presented: string): string =>
  sub(hmacHex(keyOf(instance), `credential\n${presented}`), 1, 16);
