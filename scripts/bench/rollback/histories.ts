import type { Configuration } from "../../../agent/src/drivers/gateway.ts";
import type { AnswerSource } from "../../../contract/ingest.ts";
import type { Random } from "../../../demo/random.ts";
import { edited, type SimulatedGateway, type SimulatedRoute } from "./gateway.ts";
import { SLOW_CAUSES, SLOW_OTHERS } from "./slow-histories.ts";

/** What goes wrong on which routes, from when on, for whom. */
export interface Trouble {
  /** Seconds after the history's begin. */
  from: number;
  to: number;
  routes: readonly string[];
  source: AnswerSource;
  status: number;
  /** Of the requests of everybody. */
  share: number;
  /** Requests a second of attackers on these routes besides, all of them answered so. */
  attack?: { rate: number; suspicious: boolean };
  /** Also more legitimate requests, that many fold. */
  surge?: number;
  /** Nothing fails: the share takes so much longer, in the service or in Kong. */
  slow?: { ms: number; side: "service" | "gateway" };
}

export interface Edit {
  at: number;
  apply: (configuration: Configuration) => Configuration;
}

export interface History {
  name: string;
  edits: Edit[];
  troubles: Trouble[];
  /** Index of the edit that is to blame, or null. */
  culprit: number | null;
  /** Taking it back by itself would be right. */
  automatic: boolean;
}

/** When the trouble of a history begins, in seconds. */
export const ONSET_S = 1_200;
export const LENGTH_S = 1_700;

export type Maker = (
  gateway: SimulatedGateway,
  random: Random,
) => Omit<History, "edits" | "culprit"> & { edit: Edit["apply"] | null };

export const always = { from: ONSET_S, to: LENGTH_S };
export const routesOf = (gateway: SimulatedGateway, service: string) =>
  gateway.routes.filter((route) => route.service === service).map(({ id }) => id);
export const busy = (gateway: SimulatedGateway, random: Random): SimulatedRoute => random.pick(gateway.routes);
export const plugin = (route: string, name: string, config: object) => (configuration: Configuration) =>
  edited(configuration, "plugins", `new-${name}`, { name, route: { id: route }, config, enabled: true, tags: null });

/** A change breaks something. */
const CAUSES: Record<string, Maker> = {
  "a termination on a route": (gateway, random) => {
    const { id } = busy(gateway, random);
    return {
      name: "termination",
      edit: plugin(id, "request-termination", { status_code: 503 }),
      automatic: true,
      troubles: [{ ...always, routes: [id], source: "exit", status: 503, share: 1 }],
    };
  },
  "a wrong host": (gateway, random) => {
    const { service } = busy(gateway, random);
    const edit = (configuration: Configuration) =>
      edited(configuration, "services", service, { host: "wrong.internal" });
    return {
      name: "host",
      edit,
      automatic: true,
      troubles: [
        {
          ...always,
          routes: routesOf(gateway, service),
          source: "error",
          status: random.pick([502, 503, 504]),
          share: 1,
        },
      ],
    };
  },
  "a wrong port": (gateway, random) => {
    const { service } = busy(gateway, random);
    const edit = (configuration: Configuration) => edited(configuration, "services", service, { port: 9999 });
    return {
      name: "port",
      edit,
      automatic: true,
      troubles: [{ ...always, routes: routesOf(gateway, service), source: "error", status: 502, share: 1 }],
    };
  },
  "a transformer that the service does not understand": (gateway, random) => {
    const { id } = busy(gateway, random);
    return {
      name: "transformer",
      edit: plugin(id, "request-transformer", { remove: { headers: ["host"] } }),
      automatic: true,
      troubles: [{ ...always, routes: [id], source: "service", status: 500, share: 0.9 }],
    };
  },
  "a plugin that fails": (gateway, random) => {
    const { id } = busy(gateway, random);
    return {
      name: "plugin error",
      edit: plugin(id, "proxy-cache", { strategy: "memory" }),
      automatic: true,
      troubles: [{ ...always, routes: [id], source: "error", status: 500, share: 1 }],
    };
  },
  "a path prefix that is not stripped any more": (gateway, random) => {
    const { id } = busy(gateway, random);
    const edit = (configuration: Configuration) => edited(configuration, "routes", id, { strip_path: false });
    return {
      name: "strip_path",
      edit,
      automatic: true,
      troubles: [{ ...always, routes: [id], source: "service", status: 500, share: 1 }],
    };
  },
  "authentication that clients do not know of": (gateway, random) => {
    const { id } = busy(gateway, random);
    return {
      name: "key-auth",
      edit: plugin(id, "key-auth", {}),
      automatic: false,
      troubles: [{ ...always, routes: [id], source: "exit", status: 401, share: 1 }],
    };
  },
  "a limit that is far too low": (gateway, random) => {
    const { id } = busy(gateway, random);
    return {
      name: "rate-limiting",
      edit: plugin(id, "rate-limiting", { minute: 1 }),
      automatic: false,
      troubles: [{ ...always, routes: [id], source: "exit", status: 429, share: 0.9 }],
    };
  },
};

/** Something breaks, and the change right before it has nothing to do with it. */
const OTHERS: Record<string, Maker> = {
  "an outage after a change of tags": (gateway, random) => {
    const { service } = busy(gateway, random);
    const edit = (configuration: Configuration) => edited(configuration, "services", service, { tags: ["team-a"] });
    return {
      name: "outage",
      edit,
      automatic: false,
      troubles: [{ ...always, routes: routesOf(gateway, service), source: "error", status: 502, share: 1 }],
    };
  },
  "a bug in a service after a change of another": (gateway, random) => {
    const { service, id } = busy(gateway, random);
    const other = gateway.routes.find((route) => route.service !== service);
    const edit =
      other === undefined
        ? null
        : (configuration: Configuration) =>
            edited(configuration, "services", other.service, { host: "moved.internal" });
    return {
      name: "bug",
      edit,
      automatic: false,
      troubles: [{ ...always, routes: [id], source: "service", status: 500, share: random.pick([0.3, 1]) }],
    };
  },
  "a restart": (gateway, random) => {
    const { service } = busy(gateway, random);
    return {
      name: "restart",
      edit: null,
      automatic: false,
      troubles: [
        { from: ONSET_S, to: ONSET_S + 15, routes: routesOf(gateway, service), source: "error", status: 502, share: 1 },
      ],
    };
  },
  "bursts of errors": (gateway, random) => {
    const { id } = busy(gateway, random);
    const bursts = [0, 240, 420].map((after) => ({
      from: ONSET_S + after,
      to: ONSET_S + after + 60,
      routes: [id],
      source: "service" as const,
      status: 500,
      share: 0.3,
    }));
    return { name: "bursts", edit: null, automatic: false, troubles: bursts };
  },
  "an outage after longer timeouts": (gateway, random) => {
    const { service } = busy(gateway, random);
    const edit = (configuration: Configuration) => edited(configuration, "services", service, { read_timeout: 90_000 });
    return {
      name: "timeouts",
      edit,
      automatic: false,
      troubles: [{ ...always, routes: routesOf(gateway, service), source: "error", status: 504, share: 1 }],
    };
  },
  "more traffic than the service takes": (gateway, random) => {
    const { service } = busy(gateway, random);
    const edit = (configuration: Configuration) => edited(configuration, "services", service, { retries: 2 });
    return {
      name: "overload",
      edit,
      automatic: false,
      troubles: [{ ...always, routes: routesOf(gateway, service), source: "error", status: 504, share: 0.7, surge: 6 }],
    };
  },
};

/** An attacker who sees a change makes errors right after it. */
const ATTACKS: Record<string, Maker> = {
  "errors of the service after a harmless plugin": (gateway, random) => {
    const { id, rate } = busy(gateway, random);
    return {
      name: "attack: cors",
      edit: plugin(id, "correlation-id", {}),
      automatic: false,
      troubles: [attackOn(id, "service", 500, rate, random)],
    };
  },
  "refusals after a protective limit": (gateway, random) => {
    const { id, rate } = busy(gateway, random);
    return {
      name: "attack: limit",
      edit: plugin(id, "rate-limiting", { minute: 600 }),
      automatic: false,
      troubles: [attackOn(id, "exit", 429, rate, random)],
    };
  },
  "refusals after authentication was switched on": (gateway, random) => {
    const { id, rate } = busy(gateway, random);
    return {
      name: "attack: key-auth",
      edit: plugin(id, "key-auth", {}),
      automatic: false,
      troubles: [attackOn(id, "exit", 401, rate, random)],
    };
  },
  "timeouts after a new host that works": (gateway, random) => {
    const { id, rate, service } = busy(gateway, random);
    const edit = (configuration: Configuration) => edited(configuration, "services", service, { host: "new.internal" });
    return { name: "attack: host", edit, automatic: false, troubles: [attackOn(id, "error", 504, rate, random)] };
  },
  "payloads that break a service after a transformer": (gateway, random) => {
    const { id, rate } = busy(gateway, random);
    return {
      name: "attack: transformer",
      edit: plugin(id, "request-transformer", { add: { headers: ["x:y"] } }),
      automatic: false,
      troubles: [attackOn(id, "service", 500, rate, random)],
    };
  },
};

function attackOn(route: string, source: AnswerSource, status: number, rate: number, random: Random): Trouble {
  return {
    ...always,
    routes: [route],
    source,
    status,
    share: 0,
    attack: { rate: (rate / 60) * random.pick([1, 3, 20]), suspicious: random.chance(0.5) },
  };
}

const KINDS = { causes: CAUSES, others: OTHERS, attacks: ATTACKS, slow: SLOW_CAUSES, slowOthers: SLOW_OTHERS };
export type Kind = keyof typeof KINDS;

/** The n-th history of a kind, with unrelated changes around what matters. */
export function makeHistory(kind: Kind, n: number, gateway: SimulatedGateway, random: Random): History {
  const makers = Object.values(KINDS[kind]);
  const { edit, ...made } = (makers[n % makers.length] as Maker)(gateway, random);
  const main = edit === null ? [] : [{ at: ONSET_S - random.between(0, 8), apply: edit }];
  const others = Array.from({ length: random.between(0, 6) }, () =>
    unrelated(gateway, random, made.troubles[0]?.routes ?? []),
  );
  const edits = [...main, ...others].sort((a, b) => a.at - b.at);
  return {
    ...made,
    edits,
    culprit: (kind === "causes" || kind === "slow") && main[0] !== undefined ? edits.indexOf(main[0]) : null,
  };
}

/** Somebody else's work: on other routes, or of what cannot break anything. */
function unrelated(gateway: SimulatedGateway, random: Random, troubled: readonly string[]): Edit {
  const at = random.between(60, ONSET_S + 60);
  const tag = `tag-${random.hex(4)}`;
  const free = gateway.routes.filter(({ id }) => !troubled.includes(id));
  const target = free.length > 0 && random.chance(0.6) ? random.pick(free) : null;
  if (target !== null)
    return {
      at,
      apply: (now) =>
        edited(now, "plugins", `cors-${random.hex(6)}`, {
          name: "cors",
          route: { id: target.id },
          config: {},
          enabled: true,
          tags: null,
        }),
    };
  return { at, apply: (now) => edited(now, "routes", random.pick(gateway.routes).id, { tags: [tag] }) };
}
