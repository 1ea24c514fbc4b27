import { parseRange } from "./cidr.ts";
import { DECISION_ACTIONS } from "./contract/decision-feed.ts";
import { type AddressKey, CONSUMER, CREDENTIAL, createKey, ROUTE, setNamed, setRange } from "./decision-key.ts";

/** One line of the feed; see `contract/decision-feed.ts`. What it may not do is refused elsewhere (`decision-guard.ts`). */
export interface Decision {
  action: "allow" | "throttle" | "block" | "overlay";
  /** Epoch seconds. */
  expires: number;
  id: string;
  incident: string;
  /** Of a throttle. */
  rps: number;
  scope: "login" | undefined;
  route: string | undefined;
  /** As `,GET,POST,`. */
  methods: string | undefined;
  /** Prefixes. */
  paths: string[] | undefined;
  /** Of an overlay: the route that is to be matched in place of `route`, and the header's value. */
  via: string | undefined;
  to: string | undefined;
  /** Of the client addresses for which it is in force. */
  share: number;
  /** It only counts whom it would hit. */
  isLogged: boolean;
}

export interface StatedDecision {
  key: AddressKey;
  decision: Decision;
}

const MAX_NAME = 128;
const MAX_PATHS = 16;
const SLASH = 47;
const OVERLAY_DIGITS = 32;

/** The second value is what is wrong with it: the line is malformed when the third is true, and else the decision is refused. */
type Read = LuaMultiReturn<[StatedDecision | undefined, (string | undefined)?, (boolean | undefined)?]>;

function isOneOf(values: readonly string[], value: string): boolean {
  for (const known of values) {
    if (known === value) {
      return true;
    }
  }
  return false;
}

function readRate(decision: Decision, value: string): string | undefined {
  const rps = tonumber(value);
  if (rps === undefined || !(rps > 0 && rps <= 1e6)) {
    return "rps is not a rate";
  }
  decision.rps = rps;
  return undefined;
}

function readShare(decision: Decision, value: string): string | undefined {
  const share = tonumber(value);
  if (share === undefined || !(share >= 0 && share <= 1)) {
    return "share is not between 0 and 1";
  }
  decision.share = share;
  return undefined;
}

function readMethods(decision: Decision, value: string): string | undefined {
  const [methods] = string.match(value, "^[A-Z,]+$");
  if (methods === undefined || value.length > MAX_NAME) {
    return "methods are not names in capitals";
  }
  decision.methods = `,${methods},`;
  return undefined;
}

function readPaths(decision: Decision, value: string): string | undefined {
  const paths: string[] = [];
  for (const [path] of string.gmatch(value, "[^,]+")) {
    if (string.byte(path, 1) !== SLASH || paths.length >= MAX_PATHS) {
      return "paths are not prefixes that begin with a slash";
    }
    paths.push(path);
  }
  decision.paths = paths;
  return paths.length === 0 ? "no paths" : undefined;
}

function readOverlayValue(decision: Decision, value: string): string | undefined {
  const [digits] = string.match(value, "^%x+$");
  decision.to = digits;
  return digits === undefined || value.length !== OVERLAY_DIGITS ? "to is not a value of the header" : undefined;
}

/** A parameter narrows a decision, so one that is not understood would widen it. */
function readParameter(decision: Decision, name: string, value: string): string | undefined {
  if (name === "rps") {
    return readRate(decision, value);
  }
  if (name === "share") {
    return readShare(decision, value);
  }
  if (name === "methods") {
    return readMethods(decision, value);
  }
  if (name === "paths") {
    return readPaths(decision, value);
  }
  if (name === "scope" && value === "login") {
    decision.scope = value;
    return undefined;
  }
  if (name === "route" && value.length <= MAX_NAME) {
    decision.route = value;
    return undefined;
  }
  if (name === "via" && value.length <= MAX_NAME) {
    decision.via = value;
    return undefined;
  }
  if (name === "to") {
    return readOverlayValue(decision, value);
  }
  if (name === "log" && value === "1") {
    decision.isLogged = true;
    return undefined;
  }
  return `unknown parameter ${name}`;
}

const TAGS: Record<string, number> = { credential: CREDENTIAL, consumer: CONSUMER, route: ROUTE };

/** What is wrong with whom the decision is about; else the key says it. */
function readTarget(key: AddressKey, action: string, kind: string, value: string): string | undefined {
  if (kind === "ip") {
    const range = parseRange(value);
    if (range === undefined) {
      return "not an address or range";
    }
    setRange(key, range);
    return undefined;
  }
  const tag = TAGS[kind];
  if (tag === undefined) {
    return `unknown kind: ${kind}`;
  }
  if (tag === ROUTE && action !== "throttle") {
    return "a route can only be throttled";
  }
  return setNamed(key, tag, value) ? undefined : `not the hash or id that names a ${kind}`;
}

function readParameters(decision: Decision, text: string): LuaMultiReturn<[string | undefined, boolean?]> {
  let position = 1;
  while (position <= text.length) {
    const [name, value, next] = string.match(text, "^ (%l+)=([^ ]+)()", position);
    if (name === undefined) {
      return $multi("malformed parameters", true);
    }
    const problem = readParameter(decision, name, value as string);
    if (problem !== undefined) {
      return $multi(problem);
    }
    position = next as unknown as number;
  }
  return $multi(undefined);
}

/** Whether more has to be known than who sends a request. */
export function isNarrow(decision: Decision): boolean {
  const { scope, route, methods, paths } = decision;
  return scope !== undefined || route !== undefined || methods !== undefined || paths !== undefined;
}

/** `allow` beats all; what holds everywhere beats what is limited to logins or a route; a block beats a throttle. */
export function rankOf(decision: Decision): number {
  if (decision.action === "allow") {
    return 0;
  }
  return (decision.action === "block" ? 1 : 3) + (isNarrow(decision) ? 1 : 0);
}

export function readDecision(line: string): Read {
  const [action, kind, value, expires, id, incident, parameters] = string.match(
    line,
    "^(%l+) (%l+) ([^ ]+) (%d+) ([^ ]+) ([^ ]+)(.*)$",
  );
  const [other] = string.find(line, "[%c]");
  if (
    action === undefined ||
    other !== undefined ||
    (id as string).length > MAX_NAME ||
    (incident as string).length > MAX_NAME
  ) {
    return $multi(undefined, "malformed line", true);
  }
  if (!isOneOf(DECISION_ACTIONS, action)) {
    return $multi(undefined, `unknown action: ${action}`);
  }
  const decision: Decision = {
    action: action as Decision["action"],
    expires: tonumber(expires) as number,
    id: id as string,
    incident: incident as string,
    rps: 1,
    scope: undefined,
    route: undefined,
    methods: undefined,
    paths: undefined,
    via: undefined,
    to: undefined,
    share: 1,
    isLogged: false,
  };
  const [problem, isMalformed] = readParameters(decision, parameters as string);
  if (problem !== undefined) {
    return $multi(undefined, problem, isMalformed);
  }
  if ((action === "overlay") !== (decision.to !== undefined && decision.via !== undefined)) {
    return $multi(undefined, "only an overlay has via and to, and has both");
  }
  const key = createKey();
  const objection = readTarget(key, action, kind as string, value as string);
  if (objection !== undefined) {
    return $multi(undefined, objection);
  }
  return $multi({ key, decision });
}
