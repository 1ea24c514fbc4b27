import { warnOfHashKey } from "./agent-keys.ts";
import { compileRanges, type RangeSet } from "./cidr.ts";
import { completeConfig, keyConfigOf } from "./complete-config.ts";
import { describeContent } from "./config-content.ts";
import { configureDecisions } from "./decisions.ts";
import { credentialVariables } from "./features/credential.ts";
import { loginPrefixes } from "./features/login-path.ts";
import { type CustomRules, compileRules, type RuleConfig } from "./known/custom-rules.ts";
import { type CompiledList, compileList } from "./lists.ts";
import { noteConfigured } from "./node-health.ts";
import type { Limits } from "./payload/inspection.ts";
import { configureReporting } from "./report.ts";

/** A plugin instance's configuration as Kong hands it over: `schema.ts` states types, defaults and limits. */
export interface Config {
  /** Kong adds it; nil before Kong 3.5 and in tests. */
  __plugin_id?: string;
  mode: "monitor" | "enforce";
  gateway: string;
  allow: ListConfig;
  deny: ListConfig;
  /** CIDRs of proxies in front, beside Kong's own `trusted_ips`; decisions never hit them. */
  trusted_proxies: string[];
  thresholds: { flag: number; block: number };
  payload: Limits & {
    enabled: boolean;
    max_body_bytes: number;
    /** What happens to requests that cannot be inspected to the end. */
    uninspected: "allow" | "flag" | "block";
    /** Share of the requests whose payload is looked at. */
    sampling: number;
    /** Share of the clients on whom a detector's verdicts are enforced; see `rollout.ts`. */
    enforce_share: number;
  };
  known: { enabled: boolean; agents: boolean; paths: boolean; exploits: boolean; enforce_share: number };
  /** The operator's own. */
  rules?: RuleConfig[];
  login: {
    enabled: boolean;
    /** Path prefixes of login routes; a route with an Authorization: Basic header counts as one always. */
    paths: string[];
    /** Whether routes that behave like logins count as such as well. */
    learn_paths: boolean;
    user_fields: string[];
    failure_statuses: number[];
    /** Parts of a Location that say so; in lower case. */
    failure_locations: string[];
    /** Whether answers that mean a failure are learned as well. */
    learn_answers: boolean;
    window_s: number;
    /** Over which the failures of an address are remembered: for whoever tries slowly. */
    slow_window_s: number;
    max_users_per_ip: number;
    max_ips_per_user: number;
    max_failures_per_ip: number;
    enforce_share: number;
  };
  flood: {
    enabled: boolean;
    window_s: number;
    /** Requests of one address in one window. */
    max_per_ip: number;
    /** A route's rate counts as a flood above its learned baseline times this, and above `min_route_rps`. */
    route_factor: number;
    min_route_rps: number;
    enforce_share: number;
  };
  /** Where requests present credentials: names of headers, query arguments and cookies. */
  identity: { headers: string[]; query: string[]; cookies: string[] };
  client: {
    enabled: boolean;
    window_s: number;
    /** Seconds an identity is watched before anything about it is unusual. */
    learn_s: number;
    max_new_networks: number;
    max_new_agents: number;
    max_agents_per_ip: number;
  };
  abuse: {
    enabled: boolean;
    /** Distinct missing paths of one client within `missing_window_s`. */
    max_missing: number;
    missing_window_s: number;
    /** Ids of one route that one client asks for in a minute and is refused for the most part. */
    max_ids: number;
    /** Distinct pages of one route that one client fetches in a minute, for `pages_minutes` minutes before this one. */
    max_pages: number;
    pages_minutes: number;
    /** Requests a second of one route that a crawler which says what it is may make. */
    crawler_rps: number;
    /** Times a consumer's usual requests a minute, and above `quota_min`. */
    quota_factor: number;
    quota_min: number;
    enforce_share: number;
  };
  errors: { enabled: boolean };
  source: {
    /** Pieces of evidence within `window_s` before an address is blocked by the gateway itself. */
    min_evidence: number;
    /** Evidence has to be at least this share of what came from the address. */
    min_share: number;
    window_s: number;
    block_s: number;
  };
  /** What is learned about payloads; see `learning/`. */
  learning: {
    enabled: boolean;
    /** Whether what was learned takes effect without an operator's approval. */
    apply: boolean;
    stopped_share: number;
    min_requests: number;
    max_threshold: number;
  };
  agent: {
    /** Without it nothing is reported or pulled; detection works on. */
    url?: string;
    key_id?: string;
    secret?: string;
    feed_secret?: string;
    poll_interval_s: number;
    flush_interval_s: number;
    timeout_ms: number;
    max_queue: number;
    max_batch: number;
    max_decisions: number;
    /** Requests of a worker in five seconds of which the agent gets to know; see `request-sample.ts`. */
    request_sample: number;
    ssl_verify: boolean;
  };
  /** Key of the hashes of user names and credentials; the same on all nodes, or hashes of several nodes do not meet. */
  hash_key?: string;
}

export interface ListConfig {
  cidrs: string[];
  methods: string[];
  /** Prefixes. */
  paths: string[];
  /** Substrings, without regard to case. */
  user_agents: string[];
  /** Ids, user names or custom ids. */
  consumers?: string[];
}

/** One configured instance, compiled once per content. */
export interface Instance {
  /** As Kong handed it over last, so that rotated secrets show up here; see `complete-config.ts`. */
  config: Config;
  /** Whose `hash_key` counts. */
  keyConfig: Config;
  enforce: boolean;
  /** Separates the counters that stop requests: what a monitoring instance saw never stops anything elsewhere. */
  namespace: string;
  allow: CompiledList | undefined;
  deny: CompiledList | undefined;
  trustedProxies: RangeSet | undefined;
  rules: CustomRules | undefined;
  isLoginFailure: LuaSet<number>;
  loginPaths: string[];
  /** Nginx's names of where requests present credentials. */
  credentialVariables: string[];
  /** Consumers on the allow list; nil where there are none. */
  allowedConsumers: LuaSet<string> | undefined;
}

const toSet = <K extends AnyNotNil>(values: K[]): LuaSet<K> => {
  const set = new LuaSet<K>();
  for (const value of values) set.add(value);
  return set;
};

/** The schema lets no bad rule pass; should one come another way, the others of the plugin work on. */
const compileOwnRules = (config: Config): CustomRules | undefined => {
  const [ok, rules] = pcall(compileRules, config.rules);
  if (!ok) kong.log.err("the rules of the configuration are not used: ", rules);
  return ok ? (rules as CustomRules | undefined) : undefined;
};

const compile = (config: Config): Instance => ({
  config,
  keyConfig: config,
  enforce: config.mode === "enforce",
  namespace: config.mode === "enforce" ? "E" : "M",
  allow: compileList(config.allow),
  deny: compileList(config.deny),
  trustedProxies: compileRanges(config.trusted_proxies),
  rules: compileOwnRules(config),
  isLoginFailure: toSet(config.login.failure_statuses),
  loginPaths: loginPrefixes(config.login.paths),
  credentialVariables: credentialVariables(config.identity),
  allowedConsumers: config.allow.consumers?.[0] === undefined ? undefined : toSet(config.allow.consumers),
});

/** By content and plugin id: a rebuild of Kong's configuration finds what it had. */
let byContent: Record<string, Instance> = {};
/** By the very table Kong hands over, which it makes anew at each rebuild. */
const byTable = new LuaTable<Config, Instance>();
setmetatable(byTable, { __mode: "kv" } as never);

const find = (config: Config, known: Record<string, Instance>): Instance => {
  const identity = `${config.__plugin_id ?? ""}${describeContent(config)}`;
  const instance = known[identity] ?? byContent[identity] ?? compile(config);
  known[identity] = instance;
  byTable.set(config, instance);
  return instance;
};

/** The instance of a configuration; compiles what `configure` has not seen, as before Kong 3.5. */
export const instanceOf = (config: Config): Instance => byTable.get(config) ?? find(config, byContent);

let flushInterval = 1;
let reporter: Config | undefined;

/** The configuration through which the plugin reports about itself: the first that names an agent, so that one record goes to one. */
export const reporterConfig = (): Config | undefined => reporter;

/** Seconds after which reports are due: the shortest any instance asks for. */
export const shortestFlush = (): number => flushInterval;

let configuredAt = 0;

/** Epoch seconds when Kong last configured this worker. */
export const lastConfigured = (): number => configuredAt;

/** All instances there are now. Kong calls it in each worker at each rebuild, without configurations when there are none. */
export const configure = (configs?: Config[]): void => {
  configuredAt = ngx.now();
  noteConfigured(configuredAt);
  const known: Record<string, Instance> = {};
  let shortest = 60;
  reporter = undefined;
  for (const config of configs ?? []) {
    if (config.agent.url !== undefined) reporter ??= config;
    shortest = Math.min(shortest, config.agent.flush_interval_s);
  }
  for (const config of configs ?? []) {
    const instance = find(config, known);
    instance.config = completeConfig(config, reporter);
    instance.keyConfig = keyConfigOf(config, reporter);
  }
  byContent = known;
  flushInterval = shortest;
  warnOfHashKey(configs ?? []);
  configureReporting(configs ?? []);
  configureDecisions(configs ?? []);
};
