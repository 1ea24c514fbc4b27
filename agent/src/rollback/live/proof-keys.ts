import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { appendAudit } from "../../audit/append.ts";
import { AgentError } from "../../errors.ts";
import type { ResponseParts } from "../../response-parts.ts";
import { type Db, holdLock, inTransaction } from "../../store/db.ts";
import type { ProofKeyTable } from "../../store/rollback-tables.ts";
import { keyId, publicKeyOf, type Signer } from "./proof.ts";

/** What anybody needs to check proofs, old ones included. */
export type PublicProofKey = Omit<ProofKeyTable, "private_key">;

/**
 * The key that proofs are signed with now: the given one (PKCS #8 in PEM), or one that is made once and kept in the store, where all
 * agents find it. Whichever was in use before is retired.
 */
export function currentSigner(db: Db, given: string | undefined, now: number): Promise<Signer> {
  return inTransaction(db, async (transaction) => {
    await holdLock(transaction, "proof-keys");
    const kept = await keyInUse(transaction);
    if (given !== undefined) {
      const key = createPrivateKey(given);
      if (kept?.id !== keyId(publicKeyOf(key))) await takeIntoUse(transaction, key, { isKept: false, now });
      return signerOf(key);
    }
    if (kept?.private_key) return signerOf(fromBase64(kept.private_key));
    return signerOf(await newKey(transaction, now));
  });
}

/** From now on another key signs; the public half of the former stays listed. Throws `PROOF_KEY_GIVEN` where it is configured. */
export async function rotateProofKey(
  { db, gateway, now }: Pick<ResponseParts, "db" | "gateway" | "now">,
  given: string | undefined,
  by: string,
): Promise<PublicProofKey[]> {
  if (given !== undefined) throw new AgentError("PROOF_KEY_GIVEN");
  await inTransaction(db, async (transaction) => {
    await holdLock(transaction, "proof-keys");
    const id = keyId(publicKeyOf(await newKey(transaction, now())));
    await appendAudit(transaction, { at: now(), gateway, actor: by, kind: "proof.key_rotated", data: { key: id } });
  });
  return listProofKeys(db);
}

/** Newest first. */
export function listProofKeys(db: Db): Promise<PublicProofKey[]> {
  const shown = ["id", "public_key", "created_at", "retired_at"] as const;
  return db.selectFrom("proof_keys").select(shown).orderBy("created_at", "desc").orderBy("id").execute();
}

const keyInUse = (db: Db): Promise<ProofKeyTable | undefined> =>
  db.selectFrom("proof_keys").selectAll().where("retired_at", "is", null).executeTakeFirst();

async function newKey(db: Db, now: number): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync("ed25519");
  await takeIntoUse(db, privateKey, { isKept: true, now });
  return privateKey;
}

async function takeIntoUse(db: Db, key: KeyObject, { isKept, now }: { isKept: boolean; now: number }): Promise<void> {
  const retired = { retired_at: now, private_key: null };
  await db.updateTable("proof_keys").set(retired).where("retired_at", "is", null).execute();
  const public_key = publicKeyOf(key);
  const private_key = isKept ? key.export({ type: "pkcs8", format: "der" }).toString("base64") : null;
  await db
    .insertInto("proof_keys")
    .values({ id: keyId(public_key), public_key, private_key, created_at: now, retired_at: null })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ retired_at: null }))
    .execute();
}

const fromBase64 = (text: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(text, "base64"), format: "der", type: "pkcs8" });

const signerOf = (key: KeyObject): Signer => ({ key, public_key: publicKeyOf(key) });
