import type { Instance } from "./configure.ts";
import { MAX_LOGIN_PATH, MAX_LOGINS } from "./contract/learning.ts";
import { counters } from "./counters.ts";
import type { Facts } from "./features/facts.ts";
import { loginPath } from "./features/login-path.ts";
import { isRefusal } from "./logins/answers.ts";

/**
 * Paths that nobody has named as logins and that behave like one: bodies with a password are refused now and accepted then, from several
 * addresses. A path counts from its eighth refusal and success on; all workers then know it, and the log says so once.
 */
const PASSWORD_FIELDS = ["password", "passwd", "passphrase", "pass"];
/** What is in all of them: bodies without it are searched once. */
const COMMON_PART = "pass";
const OTHER_FIELD = "pwd";
const MIN_EACH = 8;
const MIN_ADDRESSES = 3;
const MOST_CANDIDATES = 200;
const LONGEST_BODY = 8192;
const KEEP_S = 604_800;
const LIST = "lL";
/** What other nodes have learned, as the agent tells it again every ten minutes. */
const TOLD = "lM";
const KEEP_TOLD_S = 1800;
const { byte, find, gmatch, gsub, sub } = string;

interface Candidate {
  failures: number;
  successes: number;
  addresses: string[];
}

let candidates = new LuaTable<string, Candidate>();
let size = 0;
let learned = new LuaSet<string>();
let listed = "";

const isField = (body: string, from: number, to: number): boolean => {
  const before = from === 1 ? 38 : byte(body, from - 1);
  const after = byte(body, to + 1);
  // `"password":` in JSON, `password=` and `user[password]=` in a form.
  return (before === 34 && after === 34) || (before === 38 && after === 61) || (before === 91 && after === 93);
};

const hasField = (body: string, field: string): boolean => {
  const [from, to] = find(body, field, 1, true);
  return from !== undefined && isField(body, from, to as number);
};

/** Whether a body has a field for a password. */
export const hasPassword = (body: string): boolean => {
  if (hasField(body, OTHER_FIELD)) return true;
  if (find(body, COMMON_PART, 1, true)[0] === undefined) return false;
  for (const field of PASSWORD_FIELDS) {
    if (hasField(body, field)) return true;
  }
  return false;
};

/** Whether a path, as `login-path.ts` spells it, has been learned to be a login; one look into a set. */
export const isLearnedLogin = (path: string): boolean => learned.has(path);

/** Whoever says so. */
export const canBeLogin = (path: string): boolean =>
  path.length <= MAX_LOGIN_PATH && sub(path, 1, 1) === "/" && find(path, "[%c]")[0] === undefined;

const candidateOf = (path: string): Candidate => {
  const known = candidates.get(path);
  if (known !== undefined) return known;
  if (size >= MOST_CANDIDATES) {
    candidates = new LuaTable();
    size = 0;
  }
  const fresh: Candidate = { failures: 0, successes: 0, addresses: [] };
  candidates.set(path, fresh);
  size += 1;
  return fresh;
};

const addAddress = (addresses: string[], key: string): void => {
  if (addresses.length >= MIN_ADDRESSES) return;
  for (const known of addresses) {
    if (known === key) return;
  }
  addresses.push(key);
};

const countListed = (list: string): number => {
  const [, count] = gsub(list, "\n", "\n");
  return count;
};

const readList = (key: string): string => {
  const [list] = counters.get(key);
  return (list as string | undefined) ?? "";
};

const publish = (path: string): void => {
  const list = readList(LIST);
  const [at] = find(`\n${list}`, `\n${path}\n`, 1, true);
  if (at === undefined && countListed(list) < MAX_LOGINS) {
    counters.set(LIST, `${list}${path}\n`, KEEP_S);
    kong.log.notice("takes POST ", path, " for a login from now on: it refuses and accepts passwords");
  }
  syncLearnedLogins();
};

/** Once a second: what other workers have learned. */
export function syncLearnedLogins(): void {
  const list = readList(LIST) + readList(TOLD);
  if (list === listed) return;
  listed = list;
  learned = new LuaSet();
  for (const [path] of gmatch(list, "([^\n]+)\n")) learned.add(string.lower(path as string));
}

/** What workers of this node have learned, as far as it can be told to others in one word. */
export const ownLogins = (): string[] => {
  const paths: string[] = [];
  for (const [path] of gmatch(readList(LIST), "([^\n]+)\n")) {
    const [isWord] = find(path as string, "^[!-~]+$");
    if (isWord !== undefined) paths.push(path as string);
  }
  return paths;
};

/** Paths that other nodes have learned; all of them, each time. */
export const keepToldLogins = (paths: string[]): void => {
  const lines: string[] = [];
  for (const path of paths) {
    if (lines.length < MAX_LOGINS) lines.push(`${path}\n`);
  }
  counters.set(TOLD, table.concat(lines), KEEP_TOLD_S);
};

/** 201 and 204 are the answers of forms that set passwords, not of those that ask for one. */
const isAccepted = (status: number): boolean => status === 200 || status === 302 || status === 303;

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

const isPromising = (facts: Facts): boolean =>
  facts.method === "POST" && facts.body !== undefined && facts.body.length <= LONGEST_BODY;

/** A request that is no login attempt is over. */
export const learnLogin = (instance: Instance, facts: Facts, status: number): void => {
  if (!instance.config.login.learn_paths || facts.login !== undefined) return;
  if (!isPromising(facts)) return;
  const isFailure =
    instance.isLoginFailure.has(status) ||
    (isRedirect(status) && isRefusal(ngx.var.sent_http_location, instance.config.login.failure_locations));
  if ((!isFailure && !isAccepted(status)) || !hasPassword(facts.body as string)) return;
  const path = loginPath();
  if (!canBeLogin(path)) return;
  const candidate = candidateOf(path);
  if (isFailure) candidate.failures += 1;
  else candidate.successes += 1;
  addAddress(candidate.addresses, facts.source.key);
  const { failures, successes, addresses } = candidate;
  if (failures >= MIN_EACH && successes >= MIN_EACH && addresses.length >= MIN_ADDRESSES) publish(path);
};
