/** Legitimate traffic that looks like an attack: who of it is stopped by rates, behaviour and the agent. */
import type { Random } from "../../../demo/random.ts";
import { injection } from "../../../test/e2e/watch.ts";
import type { ClientRequest, Sent, World } from "../../../test/e2e/world.ts";
import { ACCOUNTS } from "../../../test/e2e/world.ts";
import { type Row, row, type Stage } from "./row.ts";

interface Planned extends ClientRequest {
  legitimate: boolean;
}

const AGENTS = ["Firefox/144.0", "Chrome/142.0 Safari/537.36", "Version/26.0 Mobile Safari/604.1", "Edg/142.0"];
const agentOf = (i: number) => `Mozilla/5.0 (device ${i % 97}) ${AGENTS[i % AGENTS.length]}`;
const WORDS = ["lamp", "tent", "o'neill wetsuit", "rock & roll t-shirt", "puzzle 1000 pieces"];

function browse(from: string, user: number, random: Random): Planned {
  const target = random.pick([
    `/search?q=${encodeURIComponent(random.pick(WORDS))}`,
    "/orders",
    `/users/${random.between(1, 90)}`,
  ]);
  return { from, target, headers: { "user-agent": agentOf(user) }, legitimate: true };
}

const logIn = (from: string, user: string, password: string, legitimate: boolean): Planned => ({
  from,
  target: "/login",
  method: "POST",
  body: { username: user, password },
  legitimate,
});

const shuffled = <T>(list: T[], random: Random): T[] =>
  list
    .map((item) => [random.next(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** An office behind one address: everybody logs in and works, while one machine there stuffs credentials and another probes. */
function office(random: Random, size: number): Planned[] {
  const from = "203.0.113.10";
  const first = times(20, (i) => logIn(from, ACCOUNTS[i]!.user, ACCOUNTS[i]!.password, true));
  const work = times(size, (i) => browse(from, i, random));
  const stuffing = times(size / 4, (i) => logIn(from, `leaked${i}@example.net`, `guess-${i}`, false));
  const probing = times(8, (i) => ({ ...injection(from, i), legitimate: false }));
  return [...first, ...shuffled([...work, ...stuffing, ...probing], random)];
}

/** Clients that ask again and again for what is not there for a moment. */
const retryStorm = (random: Random, size: number): Planned[] =>
  times(size / 5, (i) => {
    const from = `192.0.2.${1 + (i % 40)}`;
    const retry = { from, target: "/orders", headers: { "user-agent": agentOf(i) }, legitimate: true };
    return [retry, retry, retry, retry, browse(from, i, random)];
  }).flat();

/** Many newcomers within moments. */
const marketing = (random: Random, size: number): Planned[] =>
  times(size, (i) => browse(`100.64.${i >> 8}.${i & 255}`, i, random));

/** A release: old assets are gone for a while, and everybody's browser asks for them. */
const deploy = (random: Random, size: number): Planned[] =>
  times(size, (i) => {
    const from = `192.0.3.${1 + (i % 120)}`;
    if (i % 6 !== 0) return browse(from, i, random);
    return {
      from,
      target: `/search/assets-${random.between(1, 3)}.js`,
      headers: { "user-agent": agentOf(i) },
      legitimate: true,
    };
  });

/** Hundreds of phones behind a handful of addresses. */
const carriers = (random: Random, size: number): Planned[] =>
  times(size, (i) => browse(`198.51.100.${1 + (i % 3)}`, i, random));

const SCENARIOS = { office, retryStorm, marketing, deploy, carriers };
const AT_ONCE = 4;
/**
 * People wait between two pages: at most forty of them come in a second, all together, whatever the machine could do. More than sixty a second of one address
 * (`flood.max_per_ip`) are a flood to a gateway that has known the address for less than half an hour; `bench:behaviour` has those that it knows.
 */
const PAUSE_MS = 100;

async function play(world: World, requests: readonly Planned[]): Promise<(Sent & { legitimate: boolean })[]> {
  const answers: (Sent & { legitimate: boolean })[] = [];
  let next = 0;
  const client = async () => {
    for (let i = next++; i < requests.length; i = next++) {
      const { legitimate, ...request } = requests[i]!;
      answers.push({ ...(await world.send(request)), legitimate });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return answers;
}

/** Stopped by the gateway, whatever for. */
const isHarmed = ({ status, reached }: Sent) => !reached && (status === 403 || status === 429);

export async function harmed({ world, random, quick, say }: Stage): Promise<Row[]> {
  const size = quick ? 300 : 900;
  const rows: Row[] = [];
  const sum = { sent: 0, harmed: 0 };
  for (const [name, plan] of Object.entries(SCENARIOS)) {
    const answers = (await play(world, plan(random, size))).filter(({ legitimate }) => legitimate);
    const stopped = answers.filter(isHarmed);
    const hit = stopped.length;
    sum.sent += answers.length;
    sum.harmed += hit;
    say(`  ${name}: ${hit} of ${answers.length} legitimate requests stopped`);
    for (const why of new Set(stopped.map(({ status, text }) => `${status} ${text.slice(0, 200)}`))) say(`    ${why}`);
    const incidents = hit === 0 ? [] : await world.agent.client.incidents();
    for (const { category, subject_kind, subject_value, reasons } of incidents.slice(0, 10))
      say(`    ${category} of ${subject_kind} ${subject_value}: ${reasons.join("; ")}`);
  }
  const note = `${sum.harmed} of ${sum.sent} over ${Object.keys(SCENARIOS).length} scenarios, at most ${(AT_ONCE * 1000) / PAUSE_MS} requests a second`;
  rows.push(
    row("legitimate requests harmed by rates, behaviour and the agent", (100 * sum.harmed) / sum.sent, "%", 0.1, {
      note,
    }),
  );
  return rows;
}
