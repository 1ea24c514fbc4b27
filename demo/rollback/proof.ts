import { createPublicKey, verify } from "node:crypto";
import { canonicalJson } from "../../agent/src/canonical-json.ts";
import type { Proof } from "../../agent/src/rollback/live/proof.ts";

/** Checked here with nothing but the statement, its signature and the public key. */
export function isProofValid({ statement, signature, public_key }: Proof): boolean {
  const key = createPublicKey({ key: Buffer.from(public_key, "base64"), format: "der", type: "spki" });
  return verify(null, Buffer.from(canonicalJson(statement)), key, Buffer.from(signature, "base64"));
}

const percent = ({ requests, errors }: { requests: number; errors: number }) =>
  `${errors} of ${requests} requests failed`;

/** In one line. */
export function describeProof(proof: Proof): string {
  const { before, after, configuration_before, configuration_after } = proof.statement;
  const hashes = `${configuration_before.slice(0, 8)} to ${configuration_after.slice(0, 8)}`;
  const signed = isProofValid(proof) ? "the Ed25519 signature is right" : "THE SIGNATURE IS WRONG";
  return `before ${percent(before)}, after ${percent(after)}; configuration ${hashes}; ${signed}`;
}
