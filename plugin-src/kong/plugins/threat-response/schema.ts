/**
 * Kong's view of `configure.ts`: types, defaults and limits. Changes are additive.
 * Konnect takes this file alone and evaluates it without `ngx`: nothing is imported, and every helper is here, however long it gets.
 */
type Checked = LuaMultiReturn<[boolean | undefined, string?]>;
type Field = Record<string, unknown>;

type Find = (
  this: void,
  subject: string,
  pattern: string,
  options: string,
) => LuaMultiReturn<[unknown, unknown, string?]>;
const nginx = ngx as unknown as { null: unknown; re?: { find: Find } } | undefined;

function isIpv4(text: string): boolean {
  const [a, b, c, d] = string.match(text, "^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$");
  if (a === undefined) {
    return false;
  }
  for (const part of [a, b, c, d]) {
    const value = tonumber(part) as number;
    if (value > 255 || tostring(value) !== part) {
      return false;
    }
  }
  return true;
}

/** Two-byte groups of one side of `::`; undefined where one is malformed. */
function countGroups(text: string): number | undefined {
  let count = 0;
  if (text === "") {
    return count;
  }
  for (const [group] of string.gmatch(`${text}:`, "([^:]*):")) {
    const [digits] = string.match(group as string, "^%x%x?%x?%x?$");
    if (digits === undefined) {
      return undefined;
    }
    count += 1;
  }
  return count;
}

function isIpv6(text: string): boolean {
  const [head, last] = string.match(text, "^([%x:]*:)(%d+%.%d+%.%d+%.%d+)$");
  if (head !== undefined) {
    return isIpv4(last as string) && isIpv6(`${head}0:0`);
  }
  const [gap] = string.find(text, "::", 1, true);
  if (gap === undefined) {
    return countGroups(text) === 8;
  }
  const before = countGroups(string.sub(text, 1, gap - 1));
  const after = countGroups(string.sub(text, gap + 2));
  return before !== undefined && after !== undefined && before + after <= 7;
}

function checkCidr(text: string): Checked {
  const [address, suffix] = string.match(text, "^([^/]+)(.*)$");
  const isOld = address !== undefined && isIpv4(address);
  if (address === undefined || !(isOld || isIpv6(address))) {
    return $multi(undefined, "expected an IPv4 or IPv6 address or CIDR range, as 192.0.2.0/24 or 2001:db8::/32");
  }
  const [digits] = string.match(suffix as string, "^/(%d%d?%d?)$");
  if (suffix !== "" && (digits === undefined || (tonumber(digits) as number) > (isOld ? 32 : 128))) {
    return $multi(undefined, `the prefix length has to be 0 to ${isOld ? "32" : "128"}`);
  }
  return $multi(true);
}

function checkPath(text: string): Checked {
  if (string.sub(text, 1, 1) !== "/") {
    return $multi(undefined, "expected a path that begins with /");
  }
  return $multi(true);
}

function checkMethod(text: string): Checked {
  if (string.match(text, "^%u+$")[0] === undefined) {
    return $multi(undefined, "expected a method in capitals, as POST");
  }
  return $multi(true);
}

function checkAgentUrl(url: string): Checked {
  const [host] = string.match(url, "^https?://([^/?#@]+)/?[^?#@]*$");
  if (host === undefined) {
    return $multi(undefined, "expected http://host:port or https://host:port, without user, query or fragment");
  }
  return $multi(true);
}

function checkThresholds(thresholds: { flag: unknown; block: unknown }): Checked {
  const { flag, block } = thresholds;
  if (typeof flag === "number" && typeof block === "number" && flag > block) {
    return $multi(undefined, "'flag' has to be at most 'block'");
  }
  return $multi(true);
}

/** Unset members are nil or null, depending on who calls. */
function checkAgent(agent: Record<string, unknown>): Checked {
  if (typeof agent.url !== "string") {
    return $multi(true);
  }
  for (const name of ["key_id", "secret", "feed_secret"]) {
    if (typeof agent[name] !== "string") {
      return $multi(undefined, `'${name}' is required with 'url'`);
    }
  }
  if (agent.secret === agent.feed_secret) {
    return $multi(undefined, "'feed_secret' has to differ from 'secret': who reports must not be able to block");
  }
  return $multi(true);
}

/** Whether the quantifier at `i` lets what is before it repeat without a bound, and where it ends. Possessive ones do not count. */
function readQuantifier(pattern: string, i: number): LuaMultiReturn<[isUnbounded: boolean, next: number]> {
  const mark = string.sub(pattern, i, i);
  const [least, most] = string.match(pattern, "^{(%d*),(%d*)}", i);
  const [whole] = string.match(pattern, "^{%d*,?%d*}", i);
  let next = i;
  let isUnbounded = false;
  if (mark === "*" || mark === "+") {
    isUnbounded = true;
    next = i + 1;
  } else if (whole !== undefined) {
    isUnbounded = least !== undefined && (most === "" || (tonumber(most) ?? 0) > 20);
    next = i + whole.length;
  } else if (mark === "?") {
    next = i + 1;
  }
  const after = string.sub(pattern, next, next);
  if (next > i && (after === "+" || after === "?")) {
    return $multi(isUnbounded && after !== "+", next + 1);
  }
  return $multi(isUnbounded, next);
}

/** Index behind the class that starts at `i`. */
function skipClass(pattern: string, i: number): number {
  let at = i + 1;
  if (string.sub(pattern, at, at) === "^") {
    at += 1;
  }
  at += 1;
  while (at <= pattern.length && string.sub(pattern, at, at) !== "]") {
    at += string.sub(pattern, at, at) === "\\" ? 2 : 1;
  }
  return at + 1;
}

/** Repetition inside of repetition, as in `(a+)+`: some texts would take such a pattern for ever. */
function nestsRepetition(pattern: string): boolean {
  const repeats: boolean[] = [false];
  let i = 1;
  while (i <= pattern.length) {
    const mark = string.sub(pattern, i, i);
    let inner = false;
    if (mark === "(") {
      repeats.push(false);
      i += 1;
      continue;
    }
    if (mark === ")" && repeats.length > 1) {
      inner = table.remove(repeats) as boolean;
    }
    if (mark === "[") {
      i = skipClass(pattern, i);
    } else {
      i += mark === "\\" ? 2 : 1;
    }
    const [isUnbounded, next] = readQuantifier(pattern, i);
    if (isUnbounded && inner) {
      return true;
    }
    if (isUnbounded || inner) {
      repeats[repeats.length - 1] = true;
    }
    i = next;
  }
  return false;
}

function checkPattern(pattern: string): Checked {
  if (nestsRepetition(pattern)) {
    return $multi(undefined, "repeats a group that itself repeats without a bound: such a pattern can take for ever");
  }
  if (nginx?.re === undefined) {
    return $multi(true);
  }
  const [ok, , , problem] = pcall(nginx.re.find, "", pattern, "ij");
  if (!ok || problem !== undefined) {
    return $multi(undefined, `is no regular expression (PCRE): ${problem ?? "it does not compile"}`);
  }
  return $multi(true);
}

function checkRule(rule: Record<string, unknown>): Checked {
  if (rule.on === "header" && typeof rule.header !== "string") {
    return $multi(undefined, "'header' is required with 'on: header'");
  }
  const hasLiterals = type(rule.literals) === "table" && (rule.literals as unknown[]).length > 0;
  if (!hasLiterals && typeof rule.pattern !== "string") {
    return $multi(undefined, "'literals' or 'pattern' is required");
  }
  return $multi(true);
}

function flag(description: string, value: boolean): Field {
  return { type: "boolean", required: true, default: value, description };
}

function integer(description: string, value: number, from: number, to: number): Field {
  return { type: "integer", required: true, default: value, between: [from, to], description };
}

function decimal(description: string, value: number, from: number, to: number): Field {
  return { type: "number", required: true, default: value, between: [from, to], description };
}

function strings(description: string, elements: Field, value: string[]): Field {
  elements.type = "string";
  return { type: "array", required: true, default: value, elements, description };
}

function secret(description: string): Field {
  return { type: "string", referenceable: true, encrypted: true, len_min: 16, description };
}

function record(description: string, fields: Field[], check?: unknown): Field {
  return { type: "record", required: true, fields, custom_validator: check, description };
}

function list(description: string, more: Field[]): Field {
  const fields: Field[] = [
    { cidrs: strings("Addresses and ranges of clients.", { custom_validator: checkCidr }, []) },
    { methods: strings("HTTP methods.", { custom_validator: checkMethod }, []) },
    { paths: strings("Prefixes of the normalised path.", { custom_validator: checkPath }, []) },
    { user_agents: strings("Parts of the User-Agent, without regard to case.", { len_min: 3 }, []) },
  ];
  for (const field of more) fields.push(field);
  return record(description, fields);
}

const enforceShare = decimal(
  "Share of clients on whom this detector's verdicts are enforced in enforce mode; on the others they are only reported. A client stays on its side.",
  1,
  0,
  1,
);

const allowedConsumers = {
  consumers: strings(
    "Ids, user names or custom ids of consumers, known by a credential that Kong has let in before.",
    { len_min: 1 },
    [],
  ),
};

const thresholds = record(
  "Scores of a request, 0 to 100, from which a verdict holds.",
  [
    {
      flag: integer(
        "Marks the request: in the logs always, for the upstream by the header `X-Threat-Response` in enforce mode only.",
        40,
        1,
        100,
      ),
    },
    { block: integer("Stops the request in enforce mode.", 70, 1, 100) },
  ],
  checkThresholds,
);

const payload = record("Injection in query, headers and body.", [
  { enabled: flag("Whether payloads are looked at.", true) },
  { max_body_bytes: integer("Bytes of a body that are looked at; 0 for none.", 65536, 0, 1048576) },
  {
    sampling: decimal(
      "Share of requests whose path, query, cookies and body are looked at, drawn by lot. Addresses with evidence against them are always looked at; lists, decisions and rates are never sampled.",
      1,
      0,
      1,
    ),
  },
  { enforce_share: enforceShare },
  {
    max_inspected_bytes: integer(
      "Bytes of a request that are judged in depth, which bounds what it costs; nearly all are cleared by a first look.",
      16384,
      1024,
      1048576,
    ),
  },
  {
    uninspected: {
      type: "string",
      required: true,
      default: "flag",
      one_of: ["allow", "flag", "block"],
      description:
        "What happens to a request that cannot be inspected to the end: compressed, too long, malformed, in an unknown character set. gRPC, WebSocket and routes that stream always pass.",
    },
  },
  { graphql_max_depth: integer("Levels of a GraphQL operation.", 25, 1, 10000) },
  {
    graphql_max_aliases: integer(
      "Aliases of a request's GraphQL operations, with repeated fields and directives and further operations.",
      100,
      1,
      100000,
    ),
  },
  { graphql_introspection: flag("Whether GraphQL operations may ask for the schema.", true) },
]);

const known = record("What is known to be bad by name.", [
  { enabled: flag("Whether anything of this section is looked at.", true) },
  { agents: flag("User agents of scanners and exploit tools.", true) },
  { paths: flag("Paths that nobody has business with: secrets, backups, version control, web shells.", true) },
  { exploits: flag("Requests of published exploits, by CVE.", true) },
  { enforce_share: enforceShare },
]);

const rule = record(
  "A rule of one's own.",
  [
    {
      id: { type: "string", required: true, match: "^[%w._-]+$", len_max: 64, description: "Names the rule in logs." },
    },
    { description: { type: "string", len_max: 200, description: "What it is for; shown in logs." } },
    {
      on: {
        type: "string",
        required: true,
        one_of: ["path", "query", "agent", "header", "body", "any"],
        description: "The part it is about; `any` is path, query, body, User-Agent, Referer and cookies.",
      },
    },
    {
      header: {
        type: "string",
        match: "^[%w_-]+$",
        len_max: 64,
        description: "Name of the header, with `on: header`.",
      },
    },
    {
      literals: {
        type: "array",
        required: true,
        default: [],
        len_max: 50,
        elements: { type: "string", len_min: 3, len_max: 128 },
        description: "One of them has to occur, decoded or not, without regard to case.",
      },
    },
    {
      pattern: {
        type: "string",
        len_max: 512,
        custom_validator: checkPattern,
        description:
          "Regular expression (PCRE), without regard to case, tried on the first 2 KB of the decoded part. Has to match too where literals are given; without literals it is tried on every request.",
      },
    },
    { methods: strings("HTTP methods it is limited to; empty for all.", { custom_validator: checkMethod }, []) },
    {
      action: {
        type: "string",
        required: true,
        default: "flag",
        one_of: ["flag", "throttle", "block"],
        description: "The strongest thing it does, where its score reaches `thresholds.block`.",
      },
    },
    { score: integer("Compared with the thresholds.", 70, 1, 100) },
  ],
  checkRule,
);

const rules = {
  type: "array",
  required: true,
  default: [],
  len_max: 100,
  elements: rule,
  description: "Rules of one's own, matched in one pass with what ships with the plugin.",
};

const LOGIN_PATHS = [
  "/login",
  "/signin",
  "/sign-in",
  "/auth",
  "/oauth/token",
  "/token",
  "/session",
  "/api/login",
  "/api/signin",
  "/api/auth",
  "/api/session",
  "/api/v1/login",
  "/api/v1/auth",
];
const USER_FIELDS = [
  "username",
  "user",
  "email",
  "login",
  "user_name",
  "userid",
  "identifier",
  "account",
  "phone",
  "j_username",
  "log",
];

const FAILURE_LOCATIONS = ["?error", "&error", "?fail", "&fail", "=fail", "?invalid", "&invalid"];

const login = record("Credential stuffing: who tries to log in as whom, and how it ends.", [
  { enabled: flag("Whether logins are looked at.", true) },
  {
    paths: strings(
      "Path prefixes of login routes, without regard to case. Authorization: Basic counts everywhere.",
      { custom_validator: checkPath },
      LOGIN_PATHS,
    ),
  },
  { learn_paths: flag("Whether paths that behave like logins are watched as well.", true) },
  {
    user_fields: strings(
      "Fields of a login that may carry the user, without regard to case.",
      { len_min: 1 },
      USER_FIELDS,
    ),
  },
  {
    failure_statuses: {
      type: "array",
      required: true,
      default: [400, 401, 403, 422, 423],
      elements: { type: "integer", between: [200, 499] },
      description: "Statuses of a failed login. 200 may be one where those that succeed are redirected.",
    },
  },
  {
    failure_locations: strings(
      "Parts of the Location, in lower case, by which a redirect says that the login failed.",
      { len_min: 3 },
      FAILURE_LOCATIONS,
    ),
  },
  {
    learn_answers: flag(
      "Whether answers that failed logins get with another status, as 200 with an error inside, are learned: by who tries again at once and then gets another answer.",
      true,
    ),
  },
  { window_s: integer("Seconds over which the limits below count.", 60, 5, 3600) },
  { slow_window_s: integer("Seconds after which half of an address's failed users are forgotten.", 3600, 60, 86400) },
  { max_users_per_ip: integer("Distinct users of one address.", 10, 2, 10000) },
  { max_ips_per_user: integer("Distinct addresses of one user.", 10, 2, 10000) },
  { max_failures_per_ip: integer("Failed logins of one address.", 10, 1, 10000) },
  { enforce_share: enforceShare },
]);

const flood = record("Too many requests, of one address or on one route.", [
  { enabled: flag("Whether rates are looked at.", true) },
  { window_s: integer("Seconds of one window.", 10, 1, 600) },
  { max_per_ip: integer("Requests of one address in one window.", 600, 1, 10000000) },
  { route_factor: decimal("How many times its learned rate a route has to reach.", 5, 1.1, 1000) },
  { min_route_rps: decimal("Requests a second below which no route counts as flooded.", 50, 1, 1000000) },
  { enforce_share: enforceShare },
]);

const COOKIES = ["session", "sessionid", "session_id", "sid", "connect.sid", "JSESSIONID", "PHPSESSID"];

const identity = record("Where requests present credentials. One that Kong has let in tells whose request it is.", [
  {
    headers: strings("Headers that may carry a credential.", { match: "^[%w_-]+$" }, [
      "authorization",
      "apikey",
      "x-api-key",
    ]),
  },
  { query: strings("Query arguments that may carry one.", { match: "^[%w_-]+$" }, ["apikey"]) },
  { cookies: strings("Cookies that may carry one.", { match: "^[%w_.-]+$" }, COOKIES) },
]);

const client = record("Clients that are not what they were, or say they are. Reported and flagged, never stopped.", [
  { enabled: flag("Whether clients are looked at.", true) },
  { window_s: integer("Seconds over which the limits below count.", 600, 30, 86400) },
  { learn_s: integer("Seconds an identity is known before anything about it is unusual.", 3600, 60, 604800) },
  { max_new_networks: integer("New networks (/24, /48) of one identity.", 5, 2, 64) },
  { max_new_agents: integer("New user agents of one identity.", 5, 2, 64) },
  { max_agents_per_ip: integer("User agents of one address that sends neither cookies nor credentials.", 20, 3, 60) },
]);

const abuse = record("Clients that take what was not meant for them.", [
  { enabled: flag("Whether probing, enumeration, scraping and unusual use are looked at.", true) },
  { max_missing: integer("Distinct missing paths of one client in one window.", 10, 2, 10000) },
  { missing_window_s: integer("Seconds of that window.", 10, 1, 3600) },
  { max_ids: integer("Ids of one route that one client may try in a minute, most in vain.", 30, 5, 100000) },
  { max_pages: integer("Distinct pages of one route that one client may fetch in a minute.", 90, 5, 100000) },
  { pages_minutes: integer("Minutes in a row with so many pages before it counts as scraping.", 4, 0, 60) },
  { crawler_rps: decimal("Requests a second of one route for crawlers that say what they are.", 5, 0.1, 10000) },
  { quota_factor: decimal("Times its usual requests a minute that a consumer may reach.", 10, 1.1, 1000) },
  { quota_min: integer("Requests a minute below which no use is unusual.", 300, 1, 10000000) },
  { enforce_share: enforceShare },
]);

const errors = record("Services that fail, and a gateway that was configured wrongly: reported, never stopped.", [
  { enabled: flag("Whether answers are looked at.", true) },
]);

const source = record("When the gateway blocks an address by itself.", [
  { min_evidence: integer("Pieces of evidence within the window.", 5, 2, 10000) },
  { min_share: decimal("Share of evidence among all requests of the address.", 0.5, 0.01, 1) },
  { window_s: integer("Seconds of the window.", 60, 5, 3600) },
  {
    block_s: integer(
      "Seconds of the block; it begins anew, up to four times as long in all, while the address sends on as before.",
      300,
      1,
      86400,
    ),
  },
]);

const learning = record(
  "What is learned about payloads while the instance only monitors, of clients that can be trusted.",
  [
    {
      enabled: flag(
        "Whether thresholds and signatures are learned and proposed, and usual rates told to the agent.",
        true,
      ),
    },
    {
      apply: flag(
        "Whether what was learned takes effect by itself; what an operator approved at the agent does always.",
        false,
      ),
    },
    { stopped_share: decimal("Share of a route's requests that its learned threshold may stop.", 0.001, 0, 0.1) },
    { min_requests: integer("Requests of a route before a threshold is proposed.", 2000, 100, 10000) },
    { max_threshold: integer("No learned block threshold is higher.", 85, 1, 89) },
  ],
);

const agent = record(
  "Where incidents are reported to and decisions come from. Without a URL the gateway works on its own.",
  [
    {
      url: {
        type: "string",
        custom_validator: checkAgentUrl,
        description:
          "Base URL of the agent. An instance without it uses the agent of the node's other instances of the same `gateway`.",
      },
    },
    { key_id: { type: "string", match: "^[%w._-]+$", len_max: 64, description: "Name of this node's ingest key." } },
    { secret: secret("The ingest key: signs what this node sends.") },
    { feed_secret: secret("The feed key: decisions count only when signed with it.") },
    { poll_interval_s: decimal("Seconds between two looks for new decisions.", 1, 0.2, 60) },
    {
      flush_interval_s: decimal(
        "How long counts are gathered before they are reported; a second at least.",
        1,
        0.2,
        60,
      ),
    },
    { timeout_ms: integer("For connecting, and for each send and read.", 2000, 50, 60000) },
    {
      max_queue: integer(
        "Records that wait for the agent; beyond, the oldest are dropped and counted.",
        10000,
        1,
        100000,
      ),
    },
    { max_batch: integer("Records in one request to the agent.", 500, 1, 500) },
    { max_decisions: integer("A feed with more decisions is refused.", 50000, 1, 50000) },
    {
      request_sample: integer(
        "Requests of each worker in five seconds that are described to the agent without their values, so that it can try an action out before it takes it. 0 for none.",
        60,
        0,
        60,
      ),
    },
    { ssl_verify: flag("Whether the agent's certificate is verified.", true) },
  ],
  checkAgent,
);

const config = record("Autonomous threat response.", [
  {
    mode: {
      type: "string",
      required: true,
      default: "monitor",
      one_of: ["monitor", "enforce"],
      description: "`monitor` sees and reports everything, stops nothing and adds nothing to a request.",
    },
  },
  {
    gateway: {
      type: "string",
      required: true,
      default: "default",
      match: "^[%w._-]+$",
      len_max: 64,
      description: "Name of the group of nodes that share one set of decisions.",
    },
  },
  { allow: list("A request that matches one entry is neither looked at nor stopped.", [allowedConsumers]) },
  { deny: list("A request that matches one entry is stopped in enforce mode.", []) },
  {
    trusted_proxies: strings(
      "Proxies in front, besides Kong's trusted_ips; no decision ever hits them.",
      { custom_validator: checkCidr },
      [],
    ),
  },
  { thresholds },
  { payload },
  { known },
  { rules },
  { login },
  { flood },
  { identity },
  { client },
  { abuse },
  { errors },
  { source },
  { learning },
  { agent },
  {
    hash_key: secret(
      "Keys the hashes of users and credentials; has to be the same on all nodes. Without it each node draws its own whenever Kong starts.",
    ),
  },
]);

/** Authentication comes after this plugin: no consumer is known when it runs. */
const consumer = { type: "foreign", reference: "consumers", eq: nginx?.null };

const protocols = {
  type: "set",
  required: true,
  default: ["grpc", "grpcs", "http", "https"],
  elements: { type: "string", one_of: ["grpc", "grpcs", "http", "https"] },
};

const schema = { name: "threat-response", fields: [{ consumer }, { protocols }, { config }] };

export = schema;
