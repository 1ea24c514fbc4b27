import { createHash } from "node:crypto";

/** On every entity that the agent creates in Kong: whose it is, why it is there, and when it ends. */
export const OWNER_TAG = "threat-response";
const INCIDENT = "tr:incident:";
const EXPIRES = "tr:expires:";
const OVERLAY = "tr:overlay:";

export function ownerTags(incidentId: string, expires_at_ms: number): string[] {
  return [OWNER_TAG, `${INCIDENT}${incidentId}`, `${EXPIRES}${Math.floor(expires_at_ms / 1000)}`];
}

export const isOurs = (tags: readonly string[] | null | undefined): boolean => tags?.includes(OWNER_TAG) ?? false;

/** What others put on it. */
export const withoutOwnerTags = (tags: readonly string[] | null | undefined): string[] =>
  (tags ?? []).filter((tag) => tag !== OWNER_TAG && !tag.startsWith(INCIDENT) && !tag.startsWith(EXPIRES));

export function incidentOf(tags: readonly string[] | null | undefined): string | null {
  return tags?.find((tag) => tag.startsWith(INCIDENT))?.slice(INCIDENT.length) ?? null;
}

/** Epoch seconds, or null when the tag is missing or not a time. */
export function expiryOf(tags: readonly string[] | null | undefined): number | null {
  const text = tags?.find((tag) => tag.startsWith(EXPIRES))?.slice(EXPIRES.length);
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/** On a copy of a route. */
export const overlayTag = (originalId: string): string => `${OVERLAY}${originalId}`;

/** The route that it is a copy of, or null. */
export const originalOf = (tags: readonly string[] | null | undefined): string | null =>
  tags?.find((tag) => tag.startsWith(OVERLAY))?.slice(OVERLAY.length) ?? null;

const NAMESPACE = Buffer.from("6f1c0f3a5d5b4c6b9a52c1f4b2a7e9d3", "hex");

/** A name-based UUID (version 5): the same action on the same scope of the same gateway always has the same id. */
export function entityId(action: string, scope: string, gateway: string): string {
  const digest = createHash("sha1")
    .update(NAMESPACE)
    .update(JSON.stringify([action, scope, gateway]))
    .digest()
    .subarray(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return digest.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
