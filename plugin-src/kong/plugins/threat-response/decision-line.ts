import { type AddressRange, parseRange } from "./cidr.ts";
import { DECISION_ACTIONS, DECISION_KINDS } from "./contract/decision-feed.ts";

/** One line of the feed; see `contract/decision-feed.ts`. What it may not do is refused elsewhere (`decision-guard.ts`). */
export interface Decision {
  action: "allow" | "throttle" | "block";
  /** Epoch seconds. */
  expires: number;
  id: string;
  incident: string;
  /** Of a throttle. */
  rps: number;
  scope: "login" | undefined;
  route: string | undefined;
}

export interface StatedDecision {
  range: AddressRange;
  decision: Decision;
}

const MAX_NAME = 128;

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

/** A parameter narrows a decision, so one that is not understood would widen it. */
function readParameter(decision: Decision, name: string, value: string): string | undefined {
  if (name === "rps") {
    const rps = tonumber(value);
    if (rps === undefined || !(rps > 0 && rps <= 1e6)) {
      return "rps is not a rate";
    }
    decision.rps = rps;
    return undefined;
  }
  if (name === "scope" && value === "login") {
    decision.scope = value;
    return undefined;
  }
  if (name === "route" && value.length <= MAX_NAME) {
    decision.route = value;
    return undefined;
  }
  return `unknown parameter ${name}`;
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

/** `allow` beats all; what holds everywhere beats what is limited to logins or a route; a block beats a throttle. */
export function rankOf(decision: Decision): number {
  if (decision.action === "allow") {
    return 0;
  }
  const isLimited = decision.scope !== undefined || decision.route !== undefined;
  return (decision.action === "block" ? 1 : 3) + (isLimited ? 1 : 0);
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
  if (!isOneOf(DECISION_ACTIONS, action) || !isOneOf(DECISION_KINDS, kind as string)) {
    return $multi(undefined, `unknown action or kind: ${action} ${kind}`);
  }
  const decision: Decision = {
    action: action as Decision["action"],
    expires: tonumber(expires) as number,
    id: id as string,
    incident: incident as string,
    rps: 1,
    scope: undefined,
    route: undefined,
  };
  const [problem, isMalformed] = readParameters(decision, parameters as string);
  if (problem !== undefined) {
    return $multi(undefined, problem, isMalformed);
  }
  const range = parseRange(value as string);
  if (range === undefined) {
    return $multi(undefined, "not an address or range");
  }
  return $multi({ range, decision });
}
