import { createHmac } from "node:crypto";
import { holdsSecret } from "../redaction/index.ts";
import { AdminApiError } from "./admin-error.ts";
import { isFields } from "./canonical.ts";
import type { Entity, EntityType } from "./gateway.ts";
import { isSecretName, looksSecret, PRIVATE_OF_KEY, schemaSecretsOf } from "./secret-fields.ts";

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
const SEALED = /^tr-secret:[\w-]{27}$/;
const VAULT = /^\{vault:\/\/[^{}]+\}$/;
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
  const isOpen = type === "plugins" || type === "vaults";
  const mapped = Object.entries(entity).map(([field, value]) => {
    const place: Place = { ofSchema: [], isNamed: named.includes(field) || isSecretName(field), isOpen: false };
    if (isOpen && field === "config") Object.assign(place, { ofSchema: schemaSecretsOf(entity.name), isOpen });
    return [field, mapValue(value, place, map)];
  });
  return Object.fromEntries(mapped) as Entity;
}

interface Place {
  /** Names of fields that Kong's schema of this plugin calls secret. */
  ofSchema: readonly string[];
  /** It stands under the name of a secret, at whatever depth. */
  isNamed: boolean;
  /** Whoever writes a plugin names its fields: values are looked at, too. */
  isOpen: boolean;
}

function mapValue(value: unknown, place: Place, map: (secret: string) => string): unknown {
  if (typeof value === "string") return isSecret(value, place) ? map(value) : value;
  if (Array.isArray(value)) return value.map((member) => mapValue(member, place, map));
  if (!isFields(value)) return value;
  const isKey = "kty" in value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isNamed =
        place.isNamed || place.ofSchema.includes(name) || isSecretName(name) || (isKey && PRIVATE_OF_KEY.has(name));
      return [name, mapValue(member, { ...place, isNamed }, map)];
    }),
  );
}

function isSecret(value: string, { isNamed, isOpen }: Place): boolean {
  if (value === "" || VAULT.test(value) || SEALED.test(value)) return false;
  return isNamed || looksSecret(value) || (isOpen && holdsSecret(value));
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
