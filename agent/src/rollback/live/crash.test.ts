import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { useResponse } from "../../../../test/support/response.ts";
import { rollbackRow } from "../../../../test/support/rollback.ts";
import { incidentRow } from "../../../../test/support/store-rows.ts";
import type { GatewayDriver } from "../../drivers/gateway.ts";
import type { ResponseParts } from "../../response-parts.ts";
import type { Db } from "../../store/db.ts";
import { upsertIncident } from "../../store/incidents.ts";
import { addRollback, getRollback } from "../../store/rollbacks.ts";
import { diffConfigurations } from "../history/diff.ts";
import { carryOutRollback } from "./carry-out.ts";
import { undoByOperator } from "./undo-by-operator.ts";

const at = useResponse();
afterEach(() => at.store.db.deleteFrom("rollbacks").execute());

const TERMINATION = { name: "request-termination", route: { id: "r-search" }, config: { status_code: 503 } };

/** Breaks the gateway with one commit: a termination, another host, and a plugin that went missing. */
async function broken() {
  const { entities } = at.admin;
  const driver = at.parts.driver as GatewayDriver;
  entities.put("services", "s-shop", { name: "shop", host: "shop.internal" });
  entities.put("plugins", "p-cache", { name: "proxy-cache", route: { id: "r-search" }, config: { ttl: 30 } });
  const good = await driver.read();
  entities.put("plugins", "p-stop", TERMINATION);
  entities.put("services", "s-shop", { name: "shop", host: "wrong.internal" });
  entities.remove("plugins", "p-cache");
  const bad = await driver.read();
  const incident = incidentRow({ gateway: "test" });
  await upsertIncident(at.store.db, incident);
  const id = randomUUID();
  await addRollback(
    at.store.db,
    rollbackRow({ id, incident_id: incident.id, status: "planned" }, diffConfigurations(good, bad)),
  );
  const clear = () => {
    for (const name of ["plugins", "services"]) entities.of(name).clear();
  };
  return { id, good: good.hash, bad: bad.hash, clear };
}

const hashNow = async () => (await (at.parts.driver as GatewayDriver).read()).hash;

/** Runs until the `step`th place at which a process can die, and stops there for ever: what it did before stays. Null when it came to its end. */
async function killedAt(step: number, run: (parts: ResponseParts) => Promise<unknown>): Promise<boolean> {
  let count = 0;
  let die: () => void = () => undefined;
  const dead = new Promise<true>((resolve) => {
    die = () => resolve(true);
  });
  const place = () => {
    if (++count < step) return;
    die();
    return new Promise<never>(() => undefined);
  };
  const parts = { ...at.parts, db: mortalStore(at.parts.db, place), driver: mortalDriver(place) };
  return Promise.race([run(parts).then(() => false), dead]);
}

type Place = () => Promise<never> | undefined;

function mortalDriver(place: Place): GatewayDriver {
  const driver = at.parts.driver as GatewayDriver;
  return {
    ...driver,
    read: async () => (await place()) ?? driver.read(),
    apply: async (changes, options = {}) => {
      await place();
      const beforeWrite: typeof options.beforeWrite = async (change, before) => {
        await place();
        await options.beforeWrite?.(change, before);
        await place();
      };
      const applied = await driver.apply(changes, { ...options, beforeWrite });
      await place();
      return applied;
    },
  };
}

/** Every transaction is a place before and one after. */
function mortalStore(db: Db, place: Place): Db {
  return new Proxy(db, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target) as unknown;
      if (name !== "transaction") return typeof value === "function" ? value.bind(target) : value;
      return () => ({
        execute: async (work: Parameters<ReturnType<Db["transaction"]>["execute"]>[0]) => {
          await place();
          const result = await target.transaction().execute(work);
          await place();
          return result;
        },
      });
    },
  });
}

async function auditKinds(id: string): Promise<string[]> {
  const rows = await at.store.db.selectFrom("audit").select(["kind", "data"]).orderBy("sequence").execute();
  return rows.filter(({ data }) => data.rollback === id).map(({ kind }) => kind);
}

describe("an agent that is killed while it takes a change back", () => {
  it("at any place: the next run ends it, once, and undoing it gives back exactly what was there", async () => {
    for (let step = 1; ; step++) {
      const { id, good, bad, clear } = await broken();
      const killed = await killedAt(step, (parts) => carryOutRollback(parts, id));
      await carryOutRollback(at.parts, id);
      expect({ step, hash: await hashNow() }).toEqual({ step, hash: good });
      expect(await getRollback(at.store.db, id)).toMatchObject({ status: "verifying", applied_at: expect.any(Number) });
      expect(await at.jobs()).toContainEqual({ kind: "rollback-verify", key: id });
      await undoByOperator(at.parts, id, "the operator");
      expect({ step, hash: await hashNow() }).toEqual({ step, hash: bad });
      expect(await auditKinds(id)).toEqual(["rollback.applied", "rollback.settled"]);
      clear();
      if (!killed) return expect(step).toBeGreaterThan(9);
    }
  });
});

describe("an agent that is killed while it puts the change in force again", () => {
  it("at any place: doing it again ends it, once", async () => {
    for (let step = 1; ; step++) {
      const { id, bad, clear } = await broken();
      await carryOutRollback(at.parts, id);
      const killed = await killedAt(step, (parts) => undoByOperator(parts, id, "the operator"));
      await undoByOperator(at.parts, id, "the operator").catch((error) => expect(error.code).toBe("NOT_UNDOABLE"));
      expect({ step, hash: await hashNow() }).toEqual({ step, hash: bad });
      expect((await getRollback(at.store.db, id))?.status).toBe("undone");
      expect(await auditKinds(id)).toEqual(["rollback.applied", "rollback.settled"]);
      clear();
      if (!killed) return expect(step).toBeGreaterThan(5);
    }
  });
});
