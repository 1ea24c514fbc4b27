import type { Configuration } from "../../../agent/src/drivers/gateway.ts";
import type { Random } from "../../../demo/random.ts";
import { edited } from "./gateway.ts";
import { always, busy, type Maker, ONSET_S, plugin, routesOf, type Trouble } from "./histories.ts";

const slowly = (routes: readonly string[], side: "service" | "gateway", random: Random): Trouble => ({
  ...always,
  routes,
  source: "service",
  status: 200,
  share: random.pick([0.5, 1]),
  slow: { ms: random.pick([600, 2_000, 5_000]), side },
});

/** A change makes requests slow. */
export const SLOW_CAUSES: Record<string, Maker> = {
  "a plugin that takes its time": (gateway, random) => {
    const { id } = busy(gateway, random);
    const edit = plugin(
      id,
      random.pick(["openid-connect", "request-validator", "ldap-auth", "proxy-cache-advanced"]),
      {},
    );
    return { name: "slow plugin", edit, automatic: false, troubles: [slowly([id], "gateway", random)] };
  },
  "a host that is far away": (gateway, random) => {
    const { service } = busy(gateway, random);
    const edit = (now: Configuration) => edited(now, "services", service, { host: "far.internal" });
    return {
      name: "far host",
      edit,
      automatic: false,
      troubles: [slowly(routesOf(gateway, service), "service", random)],
    };
  },
  "retries against what does not answer": (gateway, random) => {
    const { service } = busy(gateway, random);
    const edit = (now: Configuration) => edited(now, "services", service, { retries: 50, connect_timeout: 5_000 });
    return {
      name: "slow retries",
      edit,
      automatic: false,
      troubles: [slowly(routesOf(gateway, service), "gateway", random)],
    };
  },
};

/** Requests get slow right after a change that has nothing to do with it. */
export const SLOW_OTHERS: Record<string, Maker> = {
  "a service that got slow after a harmless plugin": (gateway, random) => {
    const { id } = busy(gateway, random);
    const edit = plugin(id, random.pick(["correlation-id", "cors", "rate-limiting", "key-auth"]), {});
    return { name: "slow service: plugin", edit, automatic: false, troubles: [slowly([id], "service", random)] };
  },
  "a service that got slow after a change of tags": (gateway, random) => {
    const { service } = busy(gateway, random);
    const edit = (now: Configuration) => edited(now, "services", service, { tags: ["team-a"] });
    return {
      name: "slow service: tags",
      edit,
      automatic: false,
      troubles: [slowly(routesOf(gateway, service), "service", random)],
    };
  },
  "a service that got slow after a change of another": (gateway, random) => {
    const { service, id } = busy(gateway, random);
    const other = gateway.routes.find((route) => route.service !== service);
    const edit =
      other === undefined
        ? null
        : (now: Configuration) => edited(now, "services", other.service, { host: "m.internal" });
    return { name: "slow service: other", edit, automatic: false, troubles: [slowly([id], "service", random)] };
  },
  "a whole gateway that got slow": (gateway, random) => {
    const edit = plugin(busy(gateway, random).id, "prometheus", {});
    const all = gateway.routes.map(({ id }) => id);
    return { name: "slow gateway", edit, automatic: false, troubles: [slowly(all, "gateway", random)] };
  },
  "one slow minute after a plugin": (gateway, random) => {
    const { id } = busy(gateway, random);
    const trouble = { ...slowly([id], "gateway", random), to: ONSET_S + 55 };
    return { name: "slow minute", edit: plugin(id, "request-validator", {}), automatic: false, troubles: [trouble] };
  },
};
