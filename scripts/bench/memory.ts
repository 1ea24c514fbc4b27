/** How much a worker grows while a million addresses and user names that it never saw pass by. */
import type { Contender } from "./contenders.ts";
import { type Memory, memoryOf } from "./process-cost.ts";
import { replay } from "./replay.ts";

/** Request n is a login of user n from address n. */
function login(n: number): string {
  const from = `${20 + ((n >> 24) & 63)}.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  const body = `{"username":"user${n}@example.com","password":"copper-${n}"}`;
  const headers = `Host: shop.example.com\r\nUser-Agent: okhttp/4.12.0\r\nX-Forwarded-For: ${from}\r\n`;
  return `POST /login HTTP/1.1\r\n${headers}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** What was added between the end of the warm-up and the end. */
export async function memoryGrowth(
  contender: Contender,
  warmUp: number,
  total: number,
  perSecond: number,
): Promise<Memory> {
  const run = (from: number, count: number) =>
    replay({
      port: contender.port,
      perSecond,
      seconds: Math.ceil(count / perSecond),
      request: (n) => login(from + n),
    });
  await run(0, warmUp);
  const before = memoryOf(contender.worker);
  await run(warmUp, total);
  const after = memoryOf(contender.worker);
  return { privateMb: after.privateMb - before.privateMb, sharedMb: after.sharedMb - before.sharedMb };
}
