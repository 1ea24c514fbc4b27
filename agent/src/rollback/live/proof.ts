import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../../canonical-json.ts";

const window = z.strictObject({
  from: z.number(),
  to: z.number(),
  requests: z.number(),
  errors: z.number(),
});

/** What a data plane says it ran on before and runs on since, and when its plugin was configured anew; null where it does not tell. */
const plane = z.strictObject({
  name: z.string(),
  hash_before: z.string().nullable(),
  hash_after: z.string().nullable(),
  configured_at: z.number().nullable(),
});
export type PlaneProof = z.infer<typeof plane>;

const statement = z.strictObject({
  version: z.literal(1),
  rollback: z.string(),
  incident: z.string(),
  gateway: z.string(),
  routes: z.array(z.string()),
  errors_counted: z.array(z.enum(["failed", "refused"])),
  before: window,
  after: window,
  configuration_before: z.string(),
  configuration_after: z.string(),
  data_planes: z.array(plane),
  propagation: z.string(),
  at: z.number(),
});

export const proofShape = z.object({
  statement,
  /** Ed25519 over the canonical JSON of the statement, base64. */
  signature: z.string(),
  /** SPKI in base64. */
  public_key: z.string(),
});
/** What is known of a recovery, signed: nobody can change it later without being noticed. */
export type Proof = z.infer<typeof proofShape>;

export interface Signer {
  key: KeyObject;
  public_key: string;
}

export const publicKeyOf = (key: KeyObject): string =>
  createPublicKey(key).export({ type: "spki", format: "der" }).toString("base64");

/** What a key is called: the begin of its SHA-256. */
export const keyId = (public_key: string): string =>
  createHash("sha256").update(Buffer.from(public_key, "base64")).digest("hex").slice(0, 16);

export function prove(signer: Signer, statement: Proof["statement"]): Proof {
  const signature = sign(null, Buffer.from(canonicalJson(statement)), signer.key).toString("base64");
  return { statement, signature, public_key: signer.public_key };
}

/** Is the statement what the holder of that key signed? Whose key it is, is another question. */
export function isSigned({ statement, signature, public_key }: Proof): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(public_key, "base64"), format: "der", type: "spki" });
    if (key.asymmetricKeyType !== "ed25519") return false;
    return verify(null, Buffer.from(canonicalJson(statement)), key, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}
