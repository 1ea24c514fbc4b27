import { describe, expect, it } from "vitest";
import type { Entity } from "./gateway.ts";
import { createSealer } from "./secrets.ts";

const sealer = createSealer("a key");
const hidden = "s3cret-value";

describe("secrets of entities", () => {
  it.each<[string, Parameters<typeof sealer.seal>[0], object]>([
    ["an API key", "keyauth_credentials", { key: hidden }],
    ["a password", "basicauth_credentials", { username: "a", password: hidden }],
    ["an HMAC secret", "hmacauth_credentials", { secret: hidden }],
    ["a JWT secret", "jwt_secrets", { key: "issuer", secret: hidden }],
    ["a private key", "certificates", { cert: "public", key: hidden }],
    ["a password of Redis", "plugins", { config: { redis: { host: "r", password: hidden } } }],
    ["a header of a log", "plugins", { config: { headers: { authorization: hidden } } }],
    ["a header to add", "plugins", { config: { add: { headers: [`Authorization: Bearer ${hidden}`] } } }],
    ["a user in a URL", "plugins", { config: { http_endpoint: `https://u:${hidden}@logs.example/` } }],
    ["keys of a cloud", "plugins", { config: { aws_key: hidden, aws_secret: hidden } }],
    ["our own", "plugins", { config: { agent: { secret: hidden }, hash_key: hidden } }],
    ["a vault's token", "vaults", { config: { token: hidden } }],
  ])("%s does not leave the driver, and comes back where it was", (_what, type, fields) => {
    const entity = { id: "e-1", ...fields } as Entity;
    const sealed = sealer.seal(type, entity);
    expect(JSON.stringify(sealed)).not.toContain(hidden);
    expect(sealer.unseal(type, sealed, [entity])).toEqual(entity);
    expect(() => sealer.unseal(type, sealed, [])).toThrow("nowhere on the gateway");
  });

  it("are told from what only looks like them", () => {
    const config = {
      key_names: ["apikey"],
      hide_credentials: true,
      password: "{vault://env/redis-password}",
      token: "",
      limit_by: "credential",
      http_endpoint: "https://logs.example/",
    };
    const entity = { id: "e-1", name: "key-auth", config };
    expect(sealer.seal("plugins", entity)).toEqual(entity);
  });

  it("are equal where their fingerprints are, and cannot be compared with another key", () => {
    const seal = (key: string, secret: string) =>
      createSealer(key).seal("keyauth_credentials", { id: "e", key: secret }).key;
    expect(seal("a", "one")).toBe(seal("a", "one"));
    expect(seal("a", "one")).not.toBe(seal("a", "two"));
    expect(seal("a", "one")).not.toBe(seal("b", "one"));
  });
});
