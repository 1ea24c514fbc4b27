import { createHmac } from "node:crypto";
import { AdminApiError } from "./admin-error.ts";
import { isFields } from "./canonical.ts";
import type { Entity, EntityType } from "./gateway.ts";

/**
 * The border that no secret crosses. Outwards, `seal` puts a keyed fingerprint in the place of each secret: equal secrets have
 * equal fingerprints, and nobody without the key can try guesses. Inwards, `unseal` puts the secret back that has the
 * fingerprint on the gateway now; a fingerprint itself is never written.
 */
export interface Sealer {
  seal: (type: EntityType, entity: Entity) => Entity;
  /** `present` are entities as the gateway has them. Throws `sealed` when none has the secret. */
  unseal: <T>(type: EntityType, value: T, present: readonly Entity[]) => T;
}

const MARK = "tr-secret:";
const NAMED =
  /^(?:.*[_-])?(?:password|passwd|passphrase|secret|token|private[_-]?key|api[_-]?key|secret[_-]?key|access[_-]?key|hash_key|aws_key|authorization|cookie|header_value|credentials?|service_account_json)$/i;
/** `name:value` in lists of headers. */
const HEADER = /^(?:proxy-)?(?:authorization|cookie|x-[\w-]*(?:key|token|secret))\s*:/i;
const USER_IN_URL = /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]+@/i;
const VAULT = /^\{vault:\/\/.+\}$/;
const OF_TYPE: Partial<Record<EntityType, readonly string[]>> = {
  keyauth_credentials: ["key"],
  certificates: ["key", "key_alt"],
};

export function createSealer(key: string | Buffer): Sealer {
  const fingerprint = (secret: string) =>
    MARK + createHmac("sha256", key).update(secret).digest("base64url").slice(0, 27);
  return {
    seal: (type, entity) => mapSecrets(type, entity, fingerprint),
    unseal: (type, value, present) => {
      if (!JSON.stringify(value ?? null).includes(MARK)) return value;
      const known = new Map<string, string>();
      const learn = (secret: string) => {
        known.set(fingerprint(secret), secret);
        return secret;
      };
      for (const entity of present) mapSecrets(type, entity, learn);
      return resolve(value, known) as typeof value;
    },
  };
}

function mapSecrets(type: EntityType, entity: Entity, map: (secret: string) => string): Entity {
  const named = OF_TYPE[type] ?? [];
  const mapped = Object.entries(entity).map(([field, value]) => [
    field,
    mapValue(value, named.includes(field) || NAMED.test(field), map),
  ]);
  return Object.fromEntries(mapped) as Entity;
}

function mapValue(value: unknown, isNamed: boolean, map: (secret: string) => string): unknown {
  if (typeof value === "string") return isSecret(value, isNamed) ? map(value) : value;
  if (Array.isArray(value)) return value.map((member) => mapValue(member, isNamed, map));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, mapValue(member, NAMED.test(name), map)]),
  );
}

function isSecret(value: string, isNamed: boolean): boolean {
  if (value === "" || VAULT.test(value)) return false;
  return isNamed || HEADER.test(value) || USER_IN_URL.test(value);
}

function resolve(value: unknown, known: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((member) => resolve(member, known));
  if (isFields(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member, known)]));
  }
  if (typeof value !== "string" || !value.startsWith(MARK)) return value;
  const secret = known.get(value);
  if (secret === undefined)
    throw new AdminApiError("sealed", null, "a secret that it had is nowhere on the gateway now");
  return secret;
}
