import type { Instance } from "./configure.ts";
import { counters } from "./counters.ts";
import { readPresented } from "./features/credential.ts";
import { hashCredential } from "./features/identity.ts";

/**
 * Credentials that Kong has let in, known by keyed hashes to all workers of a node. A request that presents one of them is that consumer's,
 * already before authentication. What was never let in is nobody's: who makes credentials up shares the counters of his address, and
 * nothing is kept for him.
 */
export interface Identity {
  /** Keyed hash of the credential. */
  hash: string;
  /** Whom counters belong to: the consumer, however many credentials it has, or else the credential. */
  owner: string;
  /** Id and names of the consumer; empty where there is none. */
  consumer: string;
  username: string;
  customId: string;
  /** Epoch seconds of when the owner was first seen here, and of when this worker last told the others. */
  since: number;
  toldAt: number;
}

const KEPT = 5000;
const KEEP_S = 7200;
const KEEP_OWNER_S = 2_592_000;
const TELL_EVERY_S = 1200;
const { find, match } = string;

/** By the credential as presented: two generations, bounded. */
let young = new LuaTable<string, Identity>();
let old = new LuaTable<string, Identity>();
let size = 0;

const keep = (presented: string, identity: Identity): void => {
  if (size >= KEPT) {
    old = young;
    young = new LuaTable();
    size = 0;
  }
  size += 1;
  young.set(presented, identity);
};

const forget = (presented: string, identity: Identity): void => {
  young.delete(presented);
  old.delete(presented);
  counters.delete(`c${identity.hash}`);
};

const isFresh = (identity: Identity | undefined, now: number): identity is Identity =>
  identity !== undefined && now - identity.toldAt < KEEP_S;

const readShared = (instance: Instance, presented: string, now: number): Identity | undefined => {
  const hash = hashCredential(instance, presented);
  const [text] = counters.get(`c${hash}`);
  if (text === undefined) return undefined;
  const [consumer, username, customId, since] = match(text as string, "^([^\n]*)\n([^\n]*)\n([^\n]*)\n(%d+)$");
  if (consumer === undefined) return undefined;
  const identity: Identity = {
    hash,
    owner: consumer === "" ? hash : consumer,
    consumer,
    username: username as string,
    customId: customId as string,
    since: tonumber(since) ?? now,
    toldAt: now - TELL_EVERY_S,
  };
  keep(presented, identity);
  return identity;
};

/** Whose request this is, by a credential that Kong has let in before; nil for everybody else. */
export const findIdentity = (instance: Instance): Identity | undefined => {
  const now = ngx.now();
  for (const variable of instance.credentialVariables) {
    const presented = readPresented(variable);
    if (presented === undefined) continue;
    const known = young.get(presented) ?? old.get(presented);
    const identity = isFresh(known, now) ? known : readShared(instance, presented, now);
    if (identity !== undefined) return identity;
  }
  return undefined;
};

/** Whose credential it is as far as this worker remembers; also outside of a request. */
export const recallIdentity = (presented: string): Identity | undefined => {
  const known = young.get(presented) ?? old.get(presented);
  return isFresh(known, ngx.now()) ? known : undefined;
};

/** Of several things a request presents, the one that Kong has looked at: its own key where it names one, else the first. */
const findPresented = (instance: Instance, credential: KongCredential): string | undefined => {
  const { key } = credential;
  let first: string | undefined;
  for (const variable of instance.credentialVariables) {
    const presented = readPresented(variable);
    if (presented !== undefined) {
      if (first === undefined) first = presented;
      if (key !== undefined && key.length > 3) {
        const [at] = find(presented, key, 1, true);
        if (at !== undefined) return presented;
      }
    }
  }
  return first;
};

/** When this owner was first seen; all workers agree. */
const firstSeen = (owner: string, now: number): number => {
  const name = `co${owner}`;
  counters.add(name, math.floor(now), KEEP_OWNER_S);
  const [since] = counters.get(name);
  return (since as number | undefined) ?? math.floor(now);
};

const tell = (identity: Identity, now: number): void => {
  identity.toldAt = now;
  const { consumer, username, customId, since } = identity;
  counters.set(`c${identity.hash}`, `${consumer}\n${username}\n${customId}\n${since}`, KEEP_S);
};

const oneLine = (text: string | undefined): string => {
  const [line] = match(text ?? "", "^[^\n]*");
  return line;
};

const learn = (instance: Instance, presented: string, consumer: KongConsumer | undefined, now: number): Identity => {
  const hash = hashCredential(instance, presented);
  const id = consumer?.id ?? "";
  const owner = id === "" ? hash : id;
  const identity: Identity = {
    hash,
    owner,
    consumer: id,
    username: oneLine(consumer?.username),
    customId: oneLine(consumer?.custom_id),
    since: firstSeen(owner, now),
    toldAt: now,
  };
  tell(identity, now);
  keep(presented, identity);
  return identity;
};

/** After the answer: Kong authenticated this request, and from now on its credential is known. Nil without authentication. */
export const learnIdentity = (instance: Instance): Identity | undefined => {
  const credential = kong.client.get_credential();
  // A consumer without a credential is the one for anonymous requests.
  if (credential === undefined) return undefined;
  const presented = findPresented(instance, credential);
  if (presented === undefined) return undefined;
  const now = ngx.now();
  const consumer = kong.client.get_consumer();
  const known = young.get(presented) ?? old.get(presented);
  const isSame = isFresh(known, now) && known.consumer === (consumer?.id ?? "");
  if (!isSame) return learn(instance, presented, consumer, now);
  if (now - known.toldAt >= TELL_EVERY_S) tell(known, now);
  return known;
};

/** After a 401 of Kong's own: what was presented is no longer worth anything. */
export const forgetIdentity = (instance: Instance): void => {
  for (const variable of instance.credentialVariables) {
    const presented = readPresented(variable);
    if (presented === undefined) continue;
    const known = young.get(presented) ?? old.get(presented) ?? readShared(instance, presented, ngx.now());
    if (known !== undefined) forget(presented, known);
  }
};
