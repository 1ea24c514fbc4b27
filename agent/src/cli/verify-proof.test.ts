import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Proof, prove, publicKeyOf } from "../rollback/live/proof.ts";
import { checkProof } from "./verify-proof.ts";

const { privateKey } = generateKeyPairSync("ed25519");
const signer = { key: privateKey, public_key: publicKeyOf(privateKey) };
const proof = prove(signer, {
  version: 1,
  rollback: "r-1",
  incident: "i-1",
  gateway: "shop",
  routes: ["r-search"],
  errors_counted: ["failed"],
  before: { from: 1, to: 2, requests: 120, errors: 120 },
  after: { from: 3, to: 4, requests: 80, errors: 0 },
  configuration_before: "aa",
  configuration_after: "bb",
  data_planes: [{ name: "dp-1", hash_before: "1", hash_after: "2", configured_at: 3 }],
  propagation: "1 data planes have it",
  at: 5,
});
const changed = (change: (copy: Proof) => void): string => {
  const copy = structuredClone(proof);
  change(copy);
  return JSON.stringify(copy);
};

describe("a proof of recovery", () => {
  it.each([
    ["alone", JSON.stringify(proof)],
    ["of a rollback", JSON.stringify({ rollback: { id: "r-1", proof } })],
    ["in a pull request's comment", `### Recovery is proved\n\n\`\`\`json\n${JSON.stringify(proof)}\n\`\`\`\n`],
  ])("%s holds, without anything else", (_name, text) => expect(checkProof(text, null).holds).toBe(true));

  it("tells windows, counts, configurations and data planes", () => {
    const told = checkProof(JSON.stringify(proof), null).lines.join("\n");
    for (const part of ["120 of 120", "0 of 80", "configuration aa", "configuration bb", "dp-1: 1 → 2"])
      expect(told).toContain(part);
  });

  it.each([
    ["a count", changed(({ statement }) => void Object.assign(statement.after, { errors: 1 }))],
    ["a route", changed(({ statement }) => void statement.routes.push("r-other"))],
    ["a data plane", changed(({ statement }) => void Object.assign(statement, { data_planes: [] }))],
    ["the signature", changed((copy) => void Object.assign(copy, { signature: Buffer.alloc(64).toString("base64") }))],
    ["the key", changed((copy) => void Object.assign(copy, { public_key: "AAAA" }))],
    ["its shape", changed((copy) => void Object.assign(copy.statement, { note: "trust me" }))],
    ["everything", "no proof"],
  ])("is refused when somebody changed %s", (_name, text) => expect(checkProof(text, null).holds).toBe(false));

  it("signed again with another key is refused by the agent's list of keys", () => {
    const other = generateKeyPairSync("ed25519").privateKey;
    const forged = prove({ key: other, public_key: publicKeyOf(other) }, { ...proof.statement, rollback: "r-2" });
    expect(checkProof(JSON.stringify(forged), [signer.public_key]).holds).toBe(false);
    expect(checkProof(JSON.stringify(proof), [signer.public_key]).holds).toBe(true);
  });
});
