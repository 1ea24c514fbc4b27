import type { Config } from "../configure.ts";
import { counters } from "../counters.ts";
import { addKnown, isKnown } from "../logins/known.ts";
import { addMember, countMembers } from "../spread.ts";

/**
 * From which networks and with which user agents an identity comes: remembered for days in the sets that all workers share. Each worker asks
 * them only when an identity changes its network or agent.
 */
const DAY_S = 86_400;
const KEPT = 4000;
const ASK_EVERY_S = 600;
const USUAL_FACTOR = 3;
const SLOWLY = 0.02;
const FEW_NETWORKS = 3;
const { sub } = string;

interface Last {
  network: string;
  agent: string;
  askedAt: number;
}

let young = new LuaTable<string, Last>();
let old = new LuaTable<string, Last>();
let size = 0;

const remember = (owner: string, last: Last): void => {
  if (young.get(owner) === undefined) {
    if (size >= KEPT) {
      old = young;
      young = new LuaTable();
      size = 0;
    }
    size += 1;
  }
  young.set(owner, last);
};

/** /24 of IPv4, /48 of IPv6. */
const networkOf = (binary: string): string => sub(binary, 1, binary.length === 16 ? 6 : 3);

/** True when it was not known; from now on it is. */
const isNew = (text: string): boolean => {
  if (isKnown(text)) return false;
  addKnown(text);
  return true;
};

/** The most new ones that one window usually brings: a key in an app that is everywhere has new networks all the time. */
const exceeds = (kind: string, owner: string, limit: number, count: number, isLearning: boolean): boolean => {
  const name = `cu${kind}${owner}`;
  const [stored] = counters.get(name);
  const usual = (stored as number | undefined) ?? 0;
  const isAbove = !isLearning && count >= limit && count > USUAL_FACTOR * usual;
  // Later on more becomes usual as well, but not at once.
  const learned = isLearning ? Math.max(usual, count) : Math.min(Math.max(usual, count), usual + SLOWLY);
  if (learned > usual) counters.set(name, learned, 7 * DAY_S);
  return isAbove;
};

const judge = (
  limits: Config["client"],
  owner: string,
  network: string,
  agent: string,
  age: number,
): string | undefined => {
  const isLearning = age < limits.learn_s;
  const isFrom = isNew(`cn${owner}${network}`);
  const isWith = isNew(`ca${owner}${agent}`);
  const before = countMembers("d", DAY_S, owner);
  addMember("d", DAY_S, owner, network);
  const networks = isFrom ? addMember("n", limits.window_s, owner, network) : 0;
  const agents = isWith ? addMember("g", limits.window_s, owner, agent) : 0;
  if (isFrom && exceeds("n", owner, limits.max_new_networks, networks, isLearning))
    return `an identity comes from ${networks} networks at once that it never came from`;
  if (isWith && exceeds("g", owner, limits.max_new_agents, agents, isLearning))
    return `an identity comes with ${agents} user agents at once that it never had`;
  if (isFrom && isWith && !isLearning && before > 0 && before <= FEW_NETWORKS)
    return "an identity comes from a new network and with a new user agent at the same time";
  return undefined;
};

/** Why a request of an identity is unusual for it; nil when it is not, which costs one look into a table. */
export const findTravel = (
  limits: Config["client"],
  owner: string,
  since: number,
  binary: string,
  agent: string,
): string | undefined => {
  const now = ngx.now();
  const network = networkOf(binary);
  const last = young.get(owner) ?? old.get(owner);
  if (last !== undefined && last.network === network && last.agent === agent && now - last.askedAt < ASK_EVERY_S) {
    return undefined;
  }
  remember(owner, { network, agent, askedAt: now });
  return judge(limits, owner, network, agent, now - since);
};
