/** Somebody tries to have another blocked: forged addresses, credentials and referrers, and an attack from next door. */
import { injection, sendMany } from "../../../test/e2e/watch.ts";
import { ACCOUNTS, STAFF } from "../../../test/e2e/world.ts";
import { notMeasured, type Row, row, type Stage } from "./row.ts";

const NAME = "a victim whose address, credential, referrer or neighbours are forged: requests stopped";
const VICTIM = "192.0.2.77";
const ATTACKER = "203.0.113.77";
/** Who was well before for longer than `source.window_s` is known to the gateway; somebody of whom nothing is known is nobody's victim. */
const KNOWN_AFTER_MS = 61_000;
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

/** What the victim does all day, with its own account, its staff credential and its browser. */
async function victimWorks({ world }: Stage): Promise<number> {
  const { user, password } = ACCOUNTS[39]!;
  const answers = [
    await world.logIn(VICTIM, user, password),
    await world.send({ from: VICTIM, target: "/orders" }),
    await world.send({
      from: VICTIM,
      headers: { authorization: basic(STAFF.user, STAFF.password) },
      target: "/reports",
    }),
    await world.send({ from: VICTIM, headers: { referer: "https://victim.example/" }, target: "/search?q=tent" }),
  ];
  return answers.filter(({ reached }) => !reached).length;
}

/** How much of it the gateway stopped: what nobody noticed has made no victim either. */
async function attack({ world, random, quick }: Stage): Promise<number> {
  const count = quick ? 40 : 150;
  const forged = (i: number) => ({
    ...injection(ATTACKER, i),
    // What a client writes there itself is not whom the gateway sees.
    headers: { "x-forwarded-for": `${VICTIM}, ${ATTACKER}`, "x-real-ip": VICTIM, forwarded: `for=${VICTIM}` },
  });
  const answers = await sendMany(world, count, forged);
  await sendMany(world, count, (i) => ({
    ...injection("203.0.113.78", i),
    headers: { referer: "https://victim.example/", origin: "https://victim.example" },
  }));
  await sendMany(world, count / 4, () => ({
    from: "203.0.113.79",
    target: "/reports",
    headers: { authorization: basic(STAFF.user, `guess-${random.hex(6)}`) },
  }));
  await sendMany(world, count / 4, (i) => ({
    from: `203.0.113.${80 + (i % 8)}`,
    target: "/login",
    method: "POST",
    body: { username: ACCOUNTS[39]!.user, password: `guess-${i}` },
  }));
  // Behind the same address, as a neighbour of a NAT.
  for (let i = 0; i < 12; i++) await world.logIn(VICTIM, `leaked-${random.hex(6)}@example.net`, `guess-${i}`);
  await sendMany(world, 20, (i) => injection(VICTIM, i));
  return answers.filter(({ reached }) => !reached).length;
}

export async function victim(stage: Stage): Promise<Row> {
  let before = (await victimWorks(stage)) + (await victimWorks(stage));
  await new Promise((resolve) => setTimeout(resolve, KNOWN_AFTER_MS));
  before += await victimWorks(stage);
  const noticed = await attack(stage);
  let blocked = 0;
  for (let i = 0; i < 5; i++) {
    blocked += await victimWorks(stage);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  const note =
    before > 0
      ? `${before} of its requests failed before the attack`
      : "20 requests of one victim; forged: its address, referrer, credential and user name; stuffing and probing from behind its address";
  if (noticed === 0) return notMeasured(NAME, "requests", 0, "nobody noticed the attack");
  return row(NAME, before + blocked, "requests", 0, { note });
}
