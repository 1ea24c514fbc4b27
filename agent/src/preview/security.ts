import type { Entity } from "../drivers/gateway.ts";
import { originalOf } from "../drivers/tags.ts";
import type { Configured } from "./apply-changes.ts";
import { AUTHENTICATION_PLUGINS, rejects } from "./authentication.ts";
import {
  foreignId,
  indexPlugins,
  type PluginIndex,
  type PluginInstance,
  type RequestScope,
} from "./plugins-in-effect.ts";

/** One thing that protected some requests and would not, or less, any more. */
export interface SecurityLoss {
  plugin: string;
  /** Null: requests without a route, or all. */
  route_id: string | null;
  consumer_id: string | null;
  change: "removed" | "loosened" | "changed";
  detail: string;
}

type Config = PluginInstance["config"];
/** Why the second is looser than the first, or null. */
type Comparison = (before: Config, after: Config) => string | null;

const PERIODS = ["second", "minute", "hour", "day", "month", "year"];
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const lacks = (list: unknown, wanted: unknown) => listOf(wanted).filter((one) => !listOf(list).includes(one));

const authentication: Comparison = (before, after) => {
  if (rejects({ config: before }) && !rejects({ config: after })) return "strangers are let in as a consumer";
  return before.run_on_preflight !== false && after.run_on_preflight === false ? "preflight requests are let in" : null;
};

/** Deny lists must keep what they have; allow lists may only lose, but not all. */
const lists: Comparison = (before, after) => {
  const undenied = lacks(after.deny, before.deny);
  if (undenied.length > 0) return `${undenied.length} entries are denied no longer`;
  const allowed = listOf(before.allow);
  if (allowed.length === 0) return null;
  if (listOf(after.allow).length === 0) return "there is no list of the allowed any more";
  const added = lacks(before.allow, after.allow);
  return added.length > 0 ? `${added.length} more entries are allowed` : null;
};

const botLists: Comparison = (before, after) => {
  if (lacks(after.deny, before.deny).length > 0) return "fewer user agents are denied";
  return lacks(before.allow, after.allow).length > 0 ? "more user agents are allowed" : null;
};

const rates: Comparison = (before, after) => {
  for (const period of PERIODS) {
    if (typeof before[period] !== "number") continue;
    const limit = after[period];
    if (typeof limit !== "number") return `no limit each ${period} any more`;
    if (limit > before[period]) return `${limit} instead of ${before[period]} each ${period}`;
  }
  if (before.limit_by !== after.limit_by)
    return `limits by ${String(after.limit_by)} instead of ${String(before.limit_by)}`;
  return before.policy !== "local" && after.policy === "local" ? "counts on each node instead of over all" : null;
};

const BYTES: Readonly<Record<string, number>> = { bytes: 1, kilobytes: 1_024, megabytes: 1_048_576 };
const sizeOf = ({ allowed_payload_size, size_unit }: Config) =>
  Number(allowed_payload_size ?? 128) * (BYTES[String(size_unit ?? "megabytes")] ?? 1_048_576);
const sizes: Comparison = (before, after) =>
  sizeOf(after) > sizeOf(before) ? `${sizeOf(after)} bytes instead of ${sizeOf(before)}` : null;

/** Of the plugin itself: every number of a threshold or limit is tighter when smaller. */
const ours: Comparison = (before, after) => {
  if (before.mode === "enforce" && after.mode !== "enforce") return "it only monitors";
  for (const [name, was, is] of leaves(before, after)) {
    if (was === true && is === false && name.endsWith("enabled")) return `${name} is switched off`;
    if (typeof was === "number" && typeof is === "number" && is > was && /^(thresholds|flood|login)\./.test(name))
      return `${name} is ${is} instead of ${was}`;
    if (name.startsWith("allow.") && lacks(was, is).length > 0) return `${name} has more entries`;
    if (name.startsWith("deny.") && lacks(is, was).length > 0) return `${name} has fewer entries`;
  }
  return null;
};

function leaves(before: Config, after: Config): [string, unknown, unknown][] {
  return Object.entries(before).flatMap(([group, was]): [string, unknown, unknown][] => {
    const is = after[group];
    if (typeof was !== "object" || was === null || Array.isArray(was)) return [[group, was, is]];
    const members = (is ?? {}) as Config;
    return Object.entries(was).map(([name, value]) => [`${group}.${name}`, value, members[name]]);
  });
}

/** Nothing is known about what their settings mean: any difference counts. */
const OPAQUE = [
  "injection-protection",
  "json-threat-protection",
  "xml-threat-protection",
  "rate-limiting-advanced",
  "opa",
];
const opaque: Comparison = (before, after) =>
  JSON.stringify(before) === JSON.stringify(after) ? null : "its settings differ, and which are safer is not known";

const PROTECTIVE: Readonly<Record<string, Comparison>> = {
  ...Object.fromEntries(Object.keys(AUTHENTICATION_PLUGINS).map((name) => [name, authentication])),
  acl: lists,
  "ip-restriction": lists,
  "bot-detection": botLists,
  "rate-limiting": rates,
  "request-size-limiting": sizes,
  "threat-response": ours,
  ...Object.fromEntries(OPAQUE.map((name) => [name, opaque])),
};

/** Every request is compared by what is in effect for it before and after: a narrower instance that hides a stricter one counts. */
export function securityRemoved(before: Configured, after: Configured): SecurityLoss[] {
  const was = indexPlugins(before);
  const is = indexPlugins(after);
  const losses = new Map<string, SecurityLoss>();
  for (const [old, now] of scopesToCompare(before, after, was, is)) {
    for (const [name, instance] of was.inEffect(old)) {
      const loss = compare(name, instance, is.find(name, now));
      if (loss === null) continue;
      const { route_id, consumer_id } = now;
      losses.set(`${name}|${route_id}|${consumer_id}`, { plugin: name, route_id, consumer_id, ...loss });
    }
  }
  return withoutRepeated([...losses.values()]);
}

function compare(
  name: string,
  was: PluginInstance,
  is: PluginInstance | null,
): Pick<SecurityLoss, "change" | "detail"> | null {
  const looser = PROTECTIVE[name];
  if (looser === undefined || (was.id === is?.id && was.config === is.config)) return null;
  if (is === null) return { change: "removed", detail: `${name} is not in effect any more` };
  const detail = looser(was.config, is.config);
  if (detail === null) return null;
  return { change: looser === opaque ? "changed" : "loosened", detail };
}

type Pair = readonly [RequestScope, RequestScope];

/** A copy takes requests of its original only. */
function replacedBy(route: Entity, others: readonly Entity[]): Entity[] {
  const original = originalOf(route.tags);
  if (original !== null) return others.filter(({ id }) => id === original);
  return others.filter((other) => foreignId(other, "service") === foreignId(route, "service"));
}

/** Each route as it was and is; a new route is compared with those of its service, whose requests it may take. */
function scopesToCompare(before: Configured, after: Configured, was: PluginIndex, is: PluginIndex): Pair[] {
  const old = new Map((before.entities.routes ?? []).map((route) => [route.id, route]));
  const nobody = { route_id: null, service_id: null, consumer_id: null };
  const pairs: Pair[] = [[nobody, nobody]];
  for (const route of after.entities.routes ?? []) {
    const service_id = foreignId(route, "service");
    const now = { route_id: route.id, service_id, consumer_id: null };
    const known = old.get(route.id);
    if (known !== undefined) pairs.push([{ ...now, service_id: foreignId(known, "service") }, now]);
    else
      for (const other of replacedBy(route, [...old.values()]))
        pairs.push([{ ...now, route_id: other.id, service_id: foreignId(other, "service") }, now]);
  }
  const consumers = new Set([...was.instances, ...is.instances].map(({ consumer_id }) => consumer_id));
  consumers.delete(null);
  const forConsumer = (id: string | null) =>
    pairs.map(
      ([a, b]): Pair => [
        { ...a, consumer_id: id },
        { ...b, consumer_id: id },
      ],
    );
  return [...pairs, ...[...consumers].flatMap(forConsumer)];
}

/** What everybody loses is not told again for single consumers. */
function withoutRepeated(losses: SecurityLoss[]): SecurityLoss[] {
  const ofAll = new Set(losses.filter((one) => one.consumer_id === null).map((one) => `${one.plugin}|${one.route_id}`));
  return losses.filter((one) => one.consumer_id === null || !ofAll.has(`${one.plugin}|${one.route_id}`));
}
