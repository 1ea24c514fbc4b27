import type { Configured } from "./apply-changes.ts";
import { authenticates, authenticationChain } from "./authentication.ts";
import { decisionCheck, isChosen, type PlannedDecision } from "./decisions.ts";
import { entryOf } from "./entry-of.ts";
import { type Check, type Outcome, PASSED, rejectedBy, stoppedBy, unsure } from "./outcome.ts";
import { acl, type Groups, groupsOf } from "./plugins/acl.ts";
import { botDetection } from "./plugins/bot-detection.ts";
import { ipRestriction } from "./plugins/ip-restriction.ts";
import { type Counters, rateLimiting } from "./plugins/rate-limiting.ts";
import { requestSizeLimiting } from "./plugins/request-size-limiting.ts";
import { requestTermination } from "./plugins/request-termination.ts";
import { indexPlugins, type PluginIndex, type PluginInstance, type RequestScope } from "./plugins-in-effect.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import type { Router } from "./router.ts";

/** A virtual patch: what it matches is answered in place of the service, before everything else. */
export interface PlannedPatch {
  /** Null: everywhere, also without a route. */
  route_id: string | null;
  service_id: string | null;
  /** Null where what would decide is not recorded. */
  matches: (request: RecordedRequest) => boolean | null;
  status: number;
  /** Of the sources it takes effect on, 0 to 1. */
  share?: number;
}

export interface ReplayOptions {
  configuration: Configured;
  /** As the requests were recorded: authentication that is new has seen none of them. */
  recorded: PluginIndex;
  router: Router | null;
  /** Of a copy of a route: where its requests were recorded. */
  originals?: ReadonlyMap<string, Pick<RequestScope, "route_id" | "service_id">>;
  decisions: readonly PlannedDecision[];
  patches: readonly PlannedPatch[];
}

const OUR_PLUGIN = "threat-response";
const ENFORCED = "enforce";
const NO_ROUTE = stoppedBy("router", 404);
const DIVERTED = stoppedBy("reroute", 200);

/** Takes requests in the order of their time, each once, and tells what becomes of it under the configuration. */
export function createReplay(options: ReplayOptions): Check {
  const index = indexPlugins(options.configuration);
  const chains = createChains(index, options);
  const { router } = options;
  return (request) => {
    const where = router === null ? unmoved(request) : router(request);
    const { route_id, service_id, diverted } = where ?? NOWHERE;
    const outcome = runChain(chains(route_id, service_id), request, route_id !== null);
    if (outcome.kind !== "passed") return outcome;
    if (route_id === null) return request.route_id === null ? outcome : NO_ROUTE;
    return diverted ? DIVERTED : outcome;
  };
}

const unmoved = ({ route_id, service_id }: RecordedRequest) => ({ route_id, service_id, diverted: false });
const NOWHERE = { route_id: null, service_id: null, diverted: false };

type Chains = (route_id: string | null, service_id: string | null) => Chain;

/** Of one route and service: what runs before the consumer is known, and what runs then. */
interface Chain {
  before: readonly Check[];
  after(consumer_id: string | null): readonly Check[];
  /** Where what authenticated is gone, nobody is known to be anybody, whoever it was when it was recorded. */
  tellsWho: boolean;
}

function runChain(chain: Chain, request: RecordedRequest, isRouted: boolean): Outcome {
  const first = runChecks(chain.before, request);
  if (first.kind !== "passed" || !isRouted) return first;
  const known = chain.tellsWho || request.consumer === null ? request : { ...request, consumer: null };
  const second = runChecks(chain.after(known.consumer), known);
  return second.kind !== "passed" || first.unsure === null ? second : first;
}

function runChecks(checks: readonly Check[], request: RecordedRequest): Outcome {
  let missing: Outcome | null = null;
  for (const check of checks) {
    const outcome = check(request);
    if (outcome === null) continue;
    if (outcome.kind !== "passed") return outcome;
    if (outcome.unsure !== null) missing ??= outcome;
  }
  return missing ?? PASSED;
}

/** What Kong runs for a scope, in its order, put together once for each. */
function createChains(index: PluginIndex, options: ReplayOptions): Chains {
  const compile = createCompiler(groupsOf(options.configuration.entities.acls ?? []));
  const ours = ourCheck(options.decisions);
  const services = new Map<string | null, Map<string | null, Chain>>();
  return (route_id, service_id) => {
    const routes = entryOf(services, service_id, () => new Map<string | null, Chain>());
    return entryOf(routes, route_id, () => {
      const parts = { index, scope: { route_id, service_id, consumer_id: null }, compile, ours, options };
      const known = new Map<string | null, readonly Check[]>();
      const after = (consumer_id: string | null) =>
        entryOf(known, consumer_id, () => fromAuthentication({ ...parts, scope: { ...parts.scope, consumer_id } }));
      return { before: beforeAuthentication(parts), after, tellsWho: tellsWho(parts) };
    });
  };
}

interface ChainParts {
  index: PluginIndex;
  scope: RequestScope;
  compile: (instance: PluginInstance) => Check;
  ours: Check;
  options: ReplayOptions;
}

const asRecorded = ({ scope, options }: ChainParts): RequestScope => ({
  ...scope,
  ...options.originals?.get(scope.route_id ?? ""),
});

/** Also where what authenticates is none of the known plugins, as long as none of them went. */
const tellsWho = (parts: ChainParts): boolean =>
  authenticates(parts.index, parts.scope) || !authenticates(parts.options.recorded, asRecorded(parts));

function beforeAuthentication({ index, scope, compile, ours, options }: ChainParts): Check[] {
  const checks = options.patches.filter((patch) => isIn(patch, scope)).map(patchCheck);
  const bots = scope.route_id === null ? null : index.find("bot-detection", scope);
  if (bots !== null) checks.push(compile(bots));
  if (index.find(OUR_PLUGIN, scope)?.config.mode === ENFORCED) checks.push(ours);
  return checks;
}

const isIn = (patch: PlannedPatch, scope: RequestScope) =>
  (patch.route_id === null || patch.route_id === scope.route_id) &&
  (patch.service_id === null || patch.service_id === scope.service_id);

function patchCheck({ matches, status, share = 1 }: PlannedPatch): Check {
  const stopped = stoppedBy("hot-patch", status);
  const unknown = unsure("hot-patch", "the values that the patch looks at");
  return (request) => {
    const isMeant = matches(request);
    if (isMeant === null) return unknown;
    return isMeant && isChosen(request.ip, share) ? stopped : null;
  };
}

function fromAuthentication(parts: ChainParts): Check[] {
  const { index, scope, compile, options } = parts;
  const before = new Set(authenticationChain(options.recorded, asRecorded(parts)).map(({ name }) => name));
  const checks = authenticationChain(index, scope).map((plugin) =>
    before.has(plugin.name) ? knownAuthentication(plugin.name) : newAuthentication(plugin),
  );
  for (const name of Object.keys(AFTER)) {
    const instance = index.find(name, scope);
    if (instance !== null) checks.push(compile(instance));
  }
  return checks;
}

/** By Kong's priority, highest first. */
const AFTER: Readonly<Record<string, (instance: PluginInstance, groups: Groups, counters: Counters) => Check>> = {
  "ip-restriction": ipRestriction,
  "request-size-limiting": requestSizeLimiting,
  acl,
  "rate-limiting": (instance, _groups, counters) => rateLimiting(instance, counters),
  "request-termination": requestTermination,
};

/** Instances are compiled once, since some of them count; on one scope they count together. */
function createCompiler(groups: Groups): (instance: PluginInstance) => Check {
  const counters: Counters = new Map();
  const known = new Map<string, Check>();
  return (instance) => {
    let check = known.get(instance.id);
    if (check === undefined) {
      const build = instance.name === "bot-detection" ? botDetection : AFTER[instance.name];
      check = build === undefined ? () => null : build(instance, groups, counters);
      known.set(instance.id, check);
    }
    return check;
  };
}

const BY_REFLEX = { block: stoppedBy(OUR_PLUGIN, 403), throttle: stoppedBy(OUR_PLUGIN, 429) } as const;

/** The plugin: decisions, then what its own judgement was. */
function ourCheck(decisions: readonly PlannedDecision[]): Check {
  const decided = decisionCheck(decisions);
  return (request) => {
    const outcome = decided(request);
    if (outcome !== null) return outcome;
    return request.verdict === "block" || request.verdict === "throttle" ? BY_REFLEX[request.verdict] : null;
  };
}

/** It has judged this request already, or would as it did for others like it. */
function knownAuthentication(name: string): Check {
  const rejected = rejectedBy(name);
  return (request) => (wasAuthenticated(request) ? null : rejected);
}

function wasAuthenticated({ consumer, source, status, credential, attack }: RecordedRequest): boolean {
  if (consumer !== null || source === "service") return true;
  if (source === "exit" && status === 401) return false;
  return credential !== null && !attack;
}

/** Newly required: who sends nothing that could be a credential is stopped, of the others nobody knows. */
function newAuthentication({ name, config }: PluginInstance): Check {
  const keys = name === "key-auth" && Array.isArray(config.key_names) ? config.key_names : ["authorization"];
  const carriers = keys.map((key) => String(key).toLowerCase());
  const stopped = stoppedBy(name, 401);
  const unknown = unsure(name, "whether the credential is valid");
  return ({ header_names }) => (header_names.some((header) => carriers.includes(header)) ? unknown : stopped);
}
