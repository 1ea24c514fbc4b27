/** What ends by itself: actions that do not help, and actions whose agent is gone. */

import { ROUTE_IDS } from "../../../test/e2e/entities.ts";
import { injection, isOn, sendMany, untilAction, untilAnswered } from "../../../test/e2e/watch.ts";
import type { World } from "../../../test/e2e/world.ts";
import { report, runAgentCommand } from "../../../test/support/agent-process.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { incidentRecord, trafficRecord } from "../../../test/support/gateway-node.ts";
import { call } from "../../../test/support/http.ts";
import { floodOf } from "./flood.ts";
import { type Row, row, type Stage } from "./row.ts";

/** Two evaluation windows with what goes before them, as the agent's verification has them, and a little for its jobs. */
const TWO_WINDOWS_MS = 2 * 13_000 + 2_000;
const ATTACK = { requests: 30, suspicious: 20, stopped: 0, clean: 10, clean_ok: 10, clean_denied: 0 };

/** Blocks of addresses that send nothing, while the attack on the route goes on from elsewhere. */
export async function ineffective({ world, quick }: Stage): Promise<Row> {
  const routes = Object.entries(ROUTE_IDS).slice(0, quick ? 2 : 4);
  const addresses = routes.map((_, i) => `203.0.113.${200 + i}`);
  let going = true;
  const attack = (async () => {
    while (going) {
      const window_start = Math.floor(Date.now() / 1000) - 1;
      const records = routes.map(([route_name, route_id]) =>
        trafficRecord({ scope: { route_id, route_name }, window_start, ...ATTACK }),
      );
      await report(world.agent.url, records);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  })();
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  const records = routes.map(([route_name, route_id], i) =>
    incidentRecord({
      subject: { kind: "ip", value: addresses[i]! },
      scope: { route_id, route_name },
      requests: 30,
      passed: 30,
    }),
  );
  await report(world.agent.url, records);
  for (const address of addresses) await untilAction(world, isOn(address));
  const undone = await countUndone(world, addresses);
  going = false;
  await attack;
  const note = `${undone} of ${addresses.length} useless blocks`;
  return row(
    "actions that did not help, undone within two evaluation windows",
    (100 * undone) / addresses.length,
    "%",
    100,
    {
      atLeast: true,
      note,
    },
  );
}

async function countUndone(world: World, addresses: readonly string[]): Promise<number> {
  const count = async () => {
    const actions = await world.agent.client.actions();
    return actions.filter(({ target, status }) => status === "undone" && addresses.includes(target.value ?? "")).length;
  };
  await eventually(
    async () => {
      if ((await count()) < addresses.length) throw new Error("not all are undone");
    },
    TWO_WINDOWS_MS,
    500,
  ).catch(() => undefined);
  return count();
}

const PAST_EXPIRY_MS = 12_000;

/** Decisions and an entity of the agent, which is then killed and its data removed: what is left after their time? */
export async function orphaned({ world, quick }: Stage): Promise<Row[]> {
  const attackers = Array.from({ length: quick ? 3 : 10 }, (_, i) => `198.18.9.${i + 1}`);
  await sendMany(world, attackers.length * 8, (i) => injection(attackers[i % attackers.length]!, i));
  for (const address of attackers) await untilAction(world, isOn(address));
  await report(world.agent.url, [floodOf("users", ROUTE_IDS.users), floodOf("orders", ROUTE_IDS.orders)]);
  for (const id of [ROUTE_IDS.users, ROUTE_IDS.orders])
    await untilAction(world, ({ target, status }) => target.route_id === id && status === "applied");
  const patched = { from: "192.0.2.9", target: "/orders", headers: { "x-attack": "1" } };
  await untilAnswered(world, patched, 403);
  await world.agent.kill();
  await world.agent.remove();
  await new Promise((resolve) => setTimeout(resolve, PAST_EXPIRY_MS));
  const affected = (
    await sendMany(world, attackers.length, (i) => ({ from: attackers[i]!, target: "/orders" }))
  ).filter(({ reached }) => !reached).length;
  const stillPatched = (await world.send(patched)).reached ? 0 : 1;
  await runAgentCommand(["reap"], { KONG_ADMIN_URL: world.gateway.adminUrl });
  const left = (await call(`${world.gateway.adminUrl}/plugins?tags=threat-response`)).json.data.length as number;
  const gone = "agent and database gone";
  return [
    row(
      `actions that end themselves and still affect traffic after expiry, ${gone}`,
      affected + stillPatched,
      "actions",
      0,
      {
        note: `${attackers.length} blocks of addresses and a hot patch`,
      },
    ),
    row(`entities left after \`reap\`, ${gone}`, left, "entities", 0, { note: "a throttle and a hot patch" }),
  ];
}
