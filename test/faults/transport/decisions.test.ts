import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { type Nginx, type NginxOptions, startNginx } from "./nginx.ts";
import { FEED_KEY, formatFeed, type ScriptedAgent, sendFeed, startAgent } from "./scripted-agent.ts";

let agent: ScriptedAgent;
let nginx: Nginx;

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const block = (address: string, id = `block-${address}`) => `block ip ${address} ${inSeconds(600)} ${id} incident-1`;

async function start(lines: string[], options: Omit<NginxOptions, "agent"> = {}): Promise<void> {
  agent = await startAgent();
  agent.feed = { sequence: 1, lines };
  nginx = await startNginx({ ...options, agent: { url: agent.url } });
}

function publish(lines: string[]): void {
  agent.feed = { sequence: agent.feed.sequence + 1, lines };
}

/** What every worker does with an address: the action, or undefined. */
async function actions(ip: string): Promise<(string | undefined)[]> {
  return (await nginx.askAll("lookup", { ip })).map((answer) => answer.action);
}

const everywhere = (ip: string, action: string | undefined) =>
  eventually(async () => {
    for (const found of await actions(ip)) expect(found, ip).toBe(action);
  });

afterEach(async () => {
  await nginx.stop();
  await agent.stop();
});

describe.each([
  ["all workers through the shared dictionary", true],
  ["each worker alone without the dictionary", false],
])("decisions reach %s", (_, sharedDictionary) => {
  it("and change, and end, as the feed says", async () => {
    await start([block("192.0.2.1"), block("2001:db8::1"), block("192.0.2.64/26"), block("2001:db8:1::/48")], {
      sharedDictionary,
    });
    await everywhere("192.0.2.1", "block");
    for (const ip of ["2001:db8::1", "192.0.2.65", "192.0.2.127", "2001:db8:1:2::3", "::ffff:192.0.2.1"]) {
      await everywhere(ip, "block");
    }
    for (const ip of ["192.0.2.2", "192.0.2.63", "192.0.2.128", "2001:db8::2", "2001:db8:2::3"]) {
      await everywhere(ip, undefined);
    }
    publish([`throttle ip 192.0.2.1 ${inSeconds(600)} t-1 incident-1 rps=5`]);
    await everywhere("192.0.2.1", "throttle");
    await everywhere("192.0.2.65", undefined);
    publish([]);
    await everywhere("192.0.2.1", undefined);
  });

  it("with allow before everything that is the same or narrower", async () => {
    await start(
      [
        block("192.0.2.1"),
        `allow ip 192.0.2.1 ${inSeconds(600)} a-1 incident-1`,
        block("192.0.2.30"),
        `allow ip 192.0.2.16/28 ${inSeconds(600)} a-2 incident-1`,
        block("192.0.2.0/24"),
        `throttle ip 192.0.2.200 ${inSeconds(600)} t-1 incident-1`,
      ],
      { sharedDictionary },
    );
    await everywhere("192.0.2.1", "allow");
    await everywhere("192.0.2.30", "allow");
    await everywhere("192.0.2.32", "block");
    await everywhere("192.0.2.200", "block");
  });

  it("until they expire, with the agent gone for good", async () => {
    await start([`block ip 192.0.2.1 ${inSeconds(4)} d incident-1`, block("192.0.2.2")], { sharedDictionary });
    await everywhere("192.0.2.1", "block");
    await agent.stop();
    await eventually(() => expect(nginx.log()).toContain("cannot get decisions"));
    await everywhere("192.0.2.1", undefined);
    await everywhere("192.0.2.2", "block");
  });
});

it("hands on every part of a decision", async () => {
  await start([`throttle ip 192.0.2.1 ${inSeconds(600)} t-1 incident-9 rps=2.5 scope=login route=r-7`]);
  await everywhere("192.0.2.1", "throttle");
  expect(await nginx.ask("lookup", { ip: "192.0.2.1" })).toMatchObject({
    id: "t-1",
    incident: "incident-9",
    rps: 2.5,
    scope: "login",
    route: "r-7",
  });
});

it("spares loopback, trusted proxies and the allow list, whatever the feed says", async () => {
  const spared = ["127.0.0.1", "::1", "198.51.100.7", "198.51.100.8", "203.0.113.5"];
  await start([...spared.map((ip) => block(ip)), block("198.51.100.0/24"), block("10.0.0.0/8"), block("192.0.2.1")]);
  await everywhere("192.0.2.1", "block");
  for (const ip of [...spared, "198.51.100.9", "10.1.1.1"]) await everywhere(ip, undefined);
  await eventually(async () => {
    const counts = (await nginx.askAll("health")).map((answer) => answer.decisions_refused);
    expect(Math.max(...counts)).toBe(spared.length + 2);
  });
  expect(nginx.log()).toContain("refused 7 decisions of the feed");
});

describe("a bad feed changes nothing", () => {
  const attack = [block("192.0.2.66"), `allow ip 192.0.2.1 ${inSeconds(600)} a incident-1`];
  const bad: [string, (response: Parameters<typeof sendFeed>[0]) => void][] = [
    ["a wrong key", (response) => sendFeed(response, formatFeed({ sequence: 9, lines: attack }), "some other key")],
    ["an older sequence", (response) => sendFeed(response, formatFeed({ sequence: 4, lines: attack }))],
    ["an older epoch", (response) => sendFeed(response, formatFeed({ epoch: 1, sequence: 99, lines: attack }))],
    ["another gateway", (response) => sendFeed(response, formatFeed({ gateway: "x", sequence: 9, lines: attack }))],
    [
      "old age",
      (response) => sendFeed(response, formatFeed({ issuedAt: inSeconds(-400), sequence: 9, lines: attack })),
    ],
    ["a wrong count", (response) => sendFeed(response, formatFeed({ count: 3, sequence: 9, lines: attack }))],
    ["too many decisions", (response) => sendFeed(response, formatFeed({ count: 60_000, sequence: 9, lines: attack }))],
    ["no signature", (response) => response.end(formatFeed({ sequence: 9, lines: attack }))],
    ["a body without end", (response) => void response.writeHead(200, { "content-length": "1000" }).write("tr-feed")],
    ["a body too large", (response) => void response.writeHead(200, { "content-length": "99999999" }).write("tr-feed")],
    ["an error page", (response) => response.writeHead(500).end("<html>")],
    ["a redirect", (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end()],
    [
      "headers without end",
      (response) => response.writeHead(200, { "x-long": "x".repeat(15_000), y: "y".repeat(15_000) }).end(),
    ],
    ["a closed connection", (response) => response.destroy()],
  ];

  it.each(bad)("%s", async (_, answer) => {
    await start([block("192.0.2.1")]);
    agent.feed.sequence = 5;
    await everywhere("192.0.2.1", "block");
    await eventually(async () => expect((await nginx.ask("health")).feed_sequence).toBe(5));
    let polls = 0;
    agent.onPoll = (_request, response) => {
      polls += 1;
      answer(response);
    };
    await eventually(() => expect(polls).toBeGreaterThanOrEqual(2), 20_000);
    expect(await actions("192.0.2.1")).toEqual(["block", "block"]);
    expect(await actions("192.0.2.66")).toEqual([undefined, undefined]);
    agent.onPoll = undefined;
    publish([block("192.0.2.2")]);
    await everywhere("192.0.2.2", "block");
    await everywhere("192.0.2.1", undefined);
  });

  it("any of 30 in a row", async () => {
    await start([block("192.0.2.1")]);
    agent.feed.sequence = 5;
    await everywhere("192.0.2.1", "block");
    let sent = 0;
    agent.onPoll = (_request, response) => {
      sent += 1;
      const body = formatFeed({ sequence: sent % 2 === 0 ? sent % 5 : 100 + sent, lines: attack });
      sendFeed(response, body, sent % 2 === 0 ? FEED_KEY : `forged ${sent}`);
    };
    await eventually(() => expect(sent).toBeGreaterThanOrEqual(30), 60_000);
    expect(await actions("192.0.2.66")).toEqual([undefined, undefined]);
    expect(await actions("192.0.2.1")).toEqual(["block", "block"]);
    const rejected = (await nginx.askAll("health")).map((answer) => answer.feed_rejected);
    expect(Math.max(...rejected)).toBeGreaterThanOrEqual(29);
  });
});

it("takes a feed in chunks, and one that ends with the connection", async () => {
  await start([]);
  const signed = (lines: string[], sequence: number) => {
    const body = formatFeed({ sequence, lines });
    let header = "";
    const probe = {
      writeHead: (_status: number, headers: Record<string, string>) => {
        header = headers["x-tr-signature"]!;
      },
      end: () => undefined,
    };
    sendFeed(probe as never, body);
    return { body, header };
  };
  agent.onPoll = (_request, response) => {
    const { body, header } = signed([block("192.0.2.1")], 7);
    response.writeHead(200, { "x-tr-signature": header });
    for (let i = 0; i < body.length; i += 5) response.write(body.slice(i, i + 5));
    response.end();
  };
  await everywhere("192.0.2.1", "block");
  agent.onPoll = (_request, response) => {
    const { body, header } = signed([block("192.0.2.2")], 8);
    response.socket?.end(`HTTP/1.0 200 OK\r\nX-TR-Signature: ${header}\r\n\r\n${body}`);
  };
  await everywhere("192.0.2.2", "block");
});

it("goes on with the next poll where another worker was killed", async () => {
  await start([block("192.0.2.1")]);
  await everywhere("192.0.2.1", "block");
  const { holder } = await nginx.ask("identity");
  process.kill(Number(String(holder).split(".")[1]), "SIGKILL");
  publish([block("192.0.2.2")]);
  await everywhere("192.0.2.2", "block");
  await everywhere("192.0.2.1", undefined);
  expect((await nginx.ask("identity")).holder).not.toBe(holder);
});

describe("with the agent gone, decisions are in force", () => {
  const others = Array.from({ length: 2000 }, (_, i) => block(`10.0.${i >> 8}.${i & 255}`));

  async function loseAgent(options: Omit<NginxOptions, "agent"> = {}): Promise<Set<number>> {
    await start([block("192.0.2.1"), block("2001:db8::/64"), ...others], options);
    await everywhere("192.0.2.1", "block");
    await agent.stop();
    return new Set((await nginx.askAll("identity")).map(({ pid }) => pid));
  }

  async function everywhereAnew(before: Set<number>, left: number): Promise<void> {
    await eventually(async () => {
      const pids = (await nginx.askAll("identity")).map(({ pid }) => pid);
      expect(pids.filter((pid) => before.has(pid))).toHaveLength(left);
    });
    for (const ip of ["192.0.2.1", "2001:db8::7", "10.0.7.207"]) await everywhere(ip, "block");
    await everywhere("192.0.2.2", undefined);
  }

  it("in a worker that takes a killed one's place", async () => {
    const before = await loseAgent();
    process.kill([...before][0]!, "SIGKILL");
    await everywhereAnew(before, 1);
  });

  it("in the workers of a reload", async () => {
    const before = await loseAgent();
    nginx.reload();
    await everywhereAnew(before, 0);
  });

  it("in a worker that starts when the dictionary has overflowed", async () => {
    const before = await loseAgent({ size: "2m" });
    for (let round = 1; round <= 5; round++) await nginx.ask("fill", { round, count: 30_000 });
    expect((await nginx.ask("fill", { round: 6, count: 1 })).overflows).toBe(true);
    process.kill([...before][0]!, "SIGKILL");
    await everywhereAnew(before, 1);
  });
});

it("keeps what is in force when the dictionary is too small for the next feed, and says so", async () => {
  await start([block("192.0.2.1")], { size: "1m" });
  await everywhere("192.0.2.1", "block");
  publish([block("192.0.2.2"), ...Array.from({ length: 20_000 }, (_, i) => block(`10.0.${i >> 8}.${i & 255}`))]);
  await eventually(() => expect(nginx.log()).toContain("too small for the decision feed"));
  await everywhere("192.0.2.1", "block");
  await everywhere("192.0.2.2", undefined);
});

it("polls in one worker only", async () => {
  await start([block("192.0.2.1")], { workers: 4 });
  await everywhere("192.0.2.1", "block");
  const holders = new Set<string>();
  for (let i = 0; i < 30; i++) holders.add((await nginx.ask("identity")).holder);
  expect(holders.size).toBe(1);
});

describe("50,000 decisions", () => {
  const many = (from: number) =>
    Array.from({ length: 49_998 }, (_, i) => {
      const n = from + i;
      return block(`10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`, `d-${n}`);
    });
  const stays = block("192.0.2.1");

  it("replace 50,000 others, and what stays is in force at every moment", async () => {
    await start([stays, ...many(0)]);
    await everywhere("192.0.2.1", "block");
    await everywhere("10.0.195.77", "block");
    await nginx.askAll("watch", { ip: "192.0.2.1" });
    for (const from of [25_000, 50_000, 75_000]) {
      const sequence = agent.feed.sequence + 1;
      publish([stays, ...many(from)]);
      await eventually(async () => expect((await nginx.ask("health")).feed_sequence).toBe(sequence), 30_000);
    }
    await everywhere("10.1.36.248", "block");
    await everywhere("10.0.0.1", undefined);
    await everywhere("10.0.195.77", undefined);
    for (const watched of await nginx.askAll("watched")) {
      expect(watched.looked).toBeGreaterThan(10);
      expect(watched.missing).toBe(0);
      // CPU time of the worker itself between two turns of its event loop; a feed that is read at once takes some hundred.
      expect(watched.longest_ms).toBeLessThan(100);
    }
  });
});
