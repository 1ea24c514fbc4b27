import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EchoServer, startEchoServer } from "../../support/echo-server.ts";
import { type Fixture, startFixture } from "./fixture.ts";

describe("upstreams and targets", () => {
  let kong: Fixture;
  let second: EchoServer;
  let upstream: string;

  const add = (port: number, weight?: number) =>
    kong.write("POST", `/upstreams/${upstream}/targets`, {
      target: `127.0.0.1:${port}`,
      ...(weight === undefined ? {} : { weight }),
    });

  const reached = async (times: number) => {
    const before = [kong.upstream.count(), second.count()];
    for (let i = 0; i < times; i++) await kong.proxy("/balanced");
    return [kong.upstream.count() - before[0]!, second.count() - before[1]!];
  };

  beforeAll(async () => {
    kong = await startFixture({ workers: 1 });
    second = await startEchoServer();
    upstream = (await kong.write("POST", "/upstreams", { name: "pool" })).id;
    await kong.write("POST", "/services", { name: "balanced", host: "pool", port: 80 });
    await kong.write("POST", "/services/balanced/routes", { name: "balanced", paths: ["/balanced"] });
  });

  afterAll(async () => {
    await kong?.stop();
    await second?.stop();
  });

  it("answers 503 while there is no target", async () => {
    await kong.settle();
    await kong.untilStatus("/balanced", 503);
  });

  it("shares requests by weight, and gives a target of weight 0 none", async () => {
    const first = await add(kong.upstream.port);
    expect(first).toMatchObject({ weight: 100, upstream: { id: upstream } });
    const other = await add(second.port);
    await kong.settle();
    await kong.untilStatus("/balanced", 200);
    const both = await reached(60);
    expect(Math.min(...both)).toBeGreaterThan(10);
    const drained = await kong.write("PATCH", `/upstreams/${upstream}/targets/${other.id}`, { weight: 0 });
    expect(drained).toMatchObject({ id: other.id, weight: 0 });
    await kong.settle();
    expect((await reached(40))[1]).toBe(0);
  });

  it("lists the targets of an upstream below it, takes one whole by PUT, and refuses a second of the same address", async () => {
    const { data } = await kong.write("GET", `/upstreams/${upstream}/targets`);
    expect(data).toHaveLength(2);
    const [target] = data;
    const put = await kong.write("PUT", `/upstreams/${upstream}/targets/${target.id}`, {
      target: target.target,
      weight: 7,
    });
    expect(put).toMatchObject({ id: target.id, weight: 7, tags: null });
    const again = await kong.admin("POST", `/upstreams/${upstream}/targets`, { target: target.target });
    expect(again.status).toBe(409);
  });
});
