import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getDecision, putDecision } from "../../agent/src/store/decisions.ts";
import { openStore } from "../../agent/src/store/open.ts";
import { type PrivatePostgres, startPostgres } from "../support/postgres.ts";
import { decisionRow } from "../support/store-rows.ts";

describe("the embedded store's directory", () => {
  const directory = mkdtempSync(join(tmpdir(), "tr-lock-"));
  const lock = join(directory, "agent.lock");
  afterAll(() => rmSync(directory, { recursive: true }));

  test("belongs to one agent at a time, which is named, and keeps what was written", async () => {
    const first = await openStore({ dataDir: directory });
    await putDecision(first.db, decisionRow({ id: "kept" }));
    await expect(openStore({ dataDir: directory })).rejects.toMatchObject({
      code: "STORE_LOCKED",
      message: `The data directory ${directory} is in use by process ${process.pid} on ${hostname()}.`,
    });
    await first.close();
    expect(existsSync(lock)).toBe(false);
    const second = await openStore({ dataDir: directory });
    expect(await getDecision(second.db, "kept")).not.toBeNull();
    await second.close();
  });

  test("is taken over from a process that is gone", async () => {
    const gone = spawn("true");
    await once(gone, "exit");
    writeFileSync(lock, JSON.stringify({ pid: gone.pid, host: hostname(), started: "1" }));
    await (await openStore({ dataDir: directory })).close();
  });

  test("is taken over when the process id was given to another since", async () => {
    writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname(), started: "1" }));
    await (await openStore({ dataDir: directory })).close();
  });

  test("is taken over from another host only once that host is silent", async () => {
    writeFileSync(lock, JSON.stringify({ pid: 1, host: "elsewhere", started: "1" }));
    await expect(openStore({ dataDir: directory })).rejects.toMatchObject({ code: "STORE_LOCKED" });
    const minuteAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, minuteAgo, minuteAgo);
    await (await openStore({ dataDir: directory })).close();
  });

  test("is made anew when a crash left it half made", async () => {
    rmSync(join(directory, "pglite.complete"));
    rmSync(join(directory, "pglite", "global"), { recursive: true });
    await (await openStore({ dataDir: directory })).close();
  });
});

describe("PostgreSQL", () => {
  let postgres: PrivatePostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  test("is brought up to date once by agents that start together", async () => {
    const databaseUrl = await postgres.createDatabase();
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ databaseUrl })));
    await Promise.all(stores.map((store) => store.ping()));
    await Promise.all(stores.map((store) => store.close()));
  });

  test("that is not there is an error at once, without its password", async () => {
    const opening = openStore({ databaseUrl: "postgresql://user:swordfish@127.0.0.1:1/none" });
    await expect(opening).rejects.toMatchObject({
      code: "STORE_UNUSABLE",
      message: "The database cannot be used: connect ECONNREFUSED 127.0.0.1:1",
    });
    await expect(opening).rejects.toSatisfy(({ message, remedy }) => !`${message}${remedy}`.includes("swordfish"));
  });
});
