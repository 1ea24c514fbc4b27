import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readConfig } from "./config.ts";
import { AgentError } from "./errors.ts";

const SECRET = "a secret nobody may see";
const KEYS = JSON.stringify([{ id: "k", secret: SECRET }]);

describe("the configuration", () => {
  const directory = mkdtempSync(join(tmpdir(), "tr-config-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  test("is safe by itself: loopback, embedded store, dry run", () => {
    expect(readConfig({})).toMatchObject({
      HOST: "127.0.0.1",
      PORT: 8090,
      DATA_DIR: "data",
      DRY_RUN: true,
      GATEWAY_NAME: "default",
    });
  });

  test("takes an empty variable as not set", () => {
    expect(readConfig({ DATABASE_URL: "", FEED_SECRET: "" }).DATABASE_URL).toBeUndefined();
  });

  test("takes the address of a database behind a socket", () => {
    const url = "postgresql://agent@/agent?host=%2Frun%2Fpostgresql";
    expect(readConfig({ DATABASE_URL: url }).DATABASE_URL).toBe(url);
  });

  test("reads secrets from files", () => {
    const file = join(directory, "keys.json");
    writeFileSync(file, `${KEYS}\n`);
    expect(readConfig({ INGEST_KEYS_FILE: file, FEED_SECRET: "x".repeat(16) }).INGEST_KEYS).toEqual([
      { id: "k", secret: SECRET },
    ]);
  });

  test.each([
    ["a port that is none", { PORT: "eighty" }, "PORT"],
    [
      "a database of another kind",
      { DATABASE_URL: `mysql://user:${SECRET}@host/db` },
      "DATABASE_URL has to be a postgresql:// URL",
    ],
    ["keys that are not JSON", { INGEST_KEYS: SECRET }, "INGEST_KEYS is not valid JSON"],
    [
      "a short secret",
      { INGEST_KEYS: '[{"id":"k","secret":"short"}]' },
      "INGEST_KEYS.0.secret has to have at least 16 characters",
    ],
    [
      "two keys of one id",
      {
        INGEST_KEYS: JSON.stringify([
          { id: "k", secret: SECRET },
          { id: "k", secret: SECRET },
        ]),
      },
      "same id",
    ],
    ["ingest without a feed secret", { INGEST_KEYS: KEYS }, "FEED_SECRET has to be set"],
    ["one secret for both", { INGEST_KEYS: KEYS, FEED_SECRET: SECRET }, "FEED_SECRET has to differ"],
    [
      "a token in clear text",
      { API_TOKENS: JSON.stringify([{ name: "n", scope: "viewer", sha256: SECRET }]) },
      "64 lower-case hex digits",
    ],
    [
      "an unknown scope",
      { API_TOKENS: JSON.stringify([{ name: "n", scope: "root", sha256: "0".repeat(64) }]) },
      "API_TOKENS.0.scope",
    ],
    ["a webhook without a secret", { WEBHOOK_URL: "https://example.com" }, "WEBHOOK_SECRET has to be set"],
    ["an Admin API of another protocol", { KONG_ADMIN_URL: "file:///etc" }, "KONG_ADMIN_URL has to be an http"],
    ["an Admin API without a protocol", { KONG_ADMIN_URL: "127.0.0.1:8001" }, "KONG_ADMIN_URL has to be an http"],
    ["a dry run that is neither", { DRY_RUN: "perhaps" }, "DRY_RUN has to be true or false"],
    ["a file that is not there", { FEED_SECRET_FILE: "/none/such" }, "FEED_SECRET_FILE cannot be read: ENOENT"],
  ])("refuses %s, says what to do and shows no secret", (_name, env, problem) => {
    let error: unknown;
    try {
      readConfig(env);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AgentError);
    expect((error as AgentError).message).toContain(problem);
    expect((error as AgentError).message).not.toContain(SECRET);
  });
});
