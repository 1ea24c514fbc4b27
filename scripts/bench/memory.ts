/** How much a worker grows while a million addresses and user names that it never saw pass by. */
import { sendAll } from "./closed-loop.ts";
import type { Contender } from "./contenders.ts";
import { type Memory, memoryOf } from "./process-cost.ts";

/** Request n is a login of user n from address n. */
function login(n: number): string {
  const from = `${20 + ((n >> 24) & 63)}.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  const body = `{"username":"user${n}@example.com","password":"copper-${n}"}`;
  const headers = `Host: shop.example.com\r\nUser-Agent: okhttp/4.12.0\r\nX-Forwarded-For: ${from}\r\n`;
  return `POST /login HTTP/1.1\r\n${headers}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

const TOLD = 10;
const WARM_UP_S = 30;
/** Longer than that nobody waits; what a gateway does not get through until then is not sent. */
const MOST_S = 240;

export interface Growth extends Memory {
  /** Requests over which the worker grew. */
  answered: number;
}

/** What was added between the end of the warm-up and the end; each request is sent as soon as a former one is answered. */
export async function memoryGrowth(
  contender: Contender,
  warmUp: number,
  total: number,
  tell: (text: string) => void,
): Promise<Growth> {
  const run = (from: number, count: number, seconds: number) => {
    const start = performance.now();
    const progress = (answered: number) => {
      const { privateMb } = memoryOf(contender.worker);
      const perSecond = (answered * 1000) / (performance.now() - start);
      tell(`  ${answered} of ${count}, ${perSecond.toFixed(0)} a second, the worker's own: ${privateMb.toFixed(1)} MB`);
    };
    return sendAll({ port: contender.port, from, count, seconds, request: login, every: count / TOLD, progress });
  };
  tell("  warming up");
  await run(0, warmUp, WARM_UP_S);
  const before = memoryOf(contender.worker);
  const answered = await run(warmUp, total, MOST_S);
  const after = memoryOf(contender.worker);
  return { privateMb: after.privateMb - before.privateMb, sharedMb: after.sharedMb - before.sharedMb, answered };
}
