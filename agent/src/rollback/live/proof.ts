import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { canonicalJson } from "../../canonical-json.ts";

/** Errors on the routes in a stretch of time. */
export interface ProofWindow {
  from: number;
  to: number;
  requests: number;
  errors: number;
}

/** What is known of a recovery, signed: nobody can change it later without being noticed. */
export interface Proof {
  statement: {
    rollback: string;
    gateway: string;
    routes: string[];
    before: ProofWindow;
    after: ProofWindow;
    configuration_before: string;
    configuration_after: string;
    propagation: string;
    at: number;
  };
  /** Ed25519 over the canonical JSON of the statement, base64. */
  signature: string;
  /** Its public key, SPKI in base64. */
  public_key: string;
}

export interface Signer {
  key: KeyObject;
  public_key: string;
}

/** A key that lives as long as the agent; the public half goes with every proof and into the audit. */
export function createSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { key: privateKey, public_key: publicKey.export({ type: "spki", format: "der" }).toString("base64") };
}

export function prove(signer: Signer, statement: Proof["statement"]): Proof {
  const signature = sign(null, Buffer.from(canonicalJson(statement)), signer.key).toString("base64");
  return { statement, signature, public_key: signer.public_key };
}
