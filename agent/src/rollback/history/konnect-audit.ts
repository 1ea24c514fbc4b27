import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { z } from "zod";

/**
 * Konnect's audit log as its webhook sends it: one entry a line, in CEF or JSON, each signed with Ed25519. The signature is over the line
 * without the signature itself, and whatever separates it from what stands before.
 */

/** Who changed what of a control plane through Konnect's API or user interface. */
export interface AuditEntry {
  /** Epoch milliseconds. */
  at: number;
  principal: string;
  method: string;
  /** Below the control plane. */
  path: string;
}

const MAX_LINES = 10_000;
const MAX_LINE = 64_000;
const WRITES = new Set(["POST", "PUT", "PATCH", "DELETE"]);
const JSON_SIGNATURE = /,\s*"sig"\s*:\s*"([\w-]{20,200})"/;
const CEF_SIGNATURE = /\s+sig=([\w-]{20,200})\s*$/;

const jwks = z.looseObject({
  keys: z.array(z.looseObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() })).max(20),
});

/** Of the document that Konnect publishes. Throws for anything else. */
export function readAuditKeys(document: unknown): KeyObject[] {
  return jwks.parse(document).keys.map(({ kty, crv, x }) => createPublicKey({ key: { kty, crv, x }, format: "jwk" }));
}

/** Changes of the control plane that were carried out, and how many lines carry no signature of Konnect's. */
export function readAuditLog(
  text: string,
  controlPlane: string,
  keys: readonly KeyObject[],
): { entries: AuditEntry[]; refused: number } {
  const entries: AuditEntry[] = [];
  let refused = 0;
  for (const line of text.split("\n").slice(0, MAX_LINES)) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.length > MAX_LINE) continue;
    if (!isSigned(trimmed, keys)) refused++;
    else entries.push(...entryOf(trimmed.startsWith("{") ? fromJson(trimmed) : fromCef(trimmed), controlPlane));
  }
  return { entries, refused };
}

function isSigned(line: string, keys: readonly KeyObject[]): boolean {
  const pattern = line.startsWith("{") ? JSON_SIGNATURE : CEF_SIGNATURE;
  const signature = pattern.exec(line)?.[1];
  if (signature === undefined) return false;
  const signed = Buffer.from(line.replace(pattern, ""));
  return keys.some((key) => verify(null, signed, key, Buffer.from(signature, "base64url")));
}

type Fields = Record<string, unknown>;

function fromJson(line: string): Fields {
  try {
    return JSON.parse(line) as Fields;
  } catch {
    return {};
  }
}

/** The extension behind the last bar of the head: `key=value`, where values may hold spaces. */
function fromCef(line: string): Fields {
  const extension = line.split("|").slice(7).join("|");
  const starts = [...extension.matchAll(/(?:^|\s)(\w{1,40})=/g)];
  return Object.fromEntries(
    starts.map((start, i) => [
      start[1] ?? "",
      extension.slice(start.index + start[0].length, starts[i + 1]?.index ?? extension.length).trim(),
    ]),
  );
}

function entryOf({ act, status, request, rt, principal_id }: Fields, controlPlane: string): AuditEntry[] {
  const method = String(act);
  const path = String(request).split("?")[0] ?? "";
  const below = path.indexOf(controlPlane);
  const at = Number(rt);
  const isDone = Number(status) >= 200 && Number(status) < 300;
  if (!WRITES.has(method) || !isDone || below < 0 || !Number.isSafeInteger(at)) return [];
  const principal = String(principal_id ?? "").slice(0, 64);
  return [{ at, principal, method, path: path.slice(below + controlPlane.length).slice(0, 300) }];
}
