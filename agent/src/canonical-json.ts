import { createHash } from "node:crypto";
import { storableText } from "./store/db.ts";

/** The one text of a value: members sorted, nothing undefined, strings as the database gives them back. What is hashed is this. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "null";
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function sorted(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => sorted(item === undefined ? null : item));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const named = members.map(([name, member]) => [storableText(name), sorted(member)] as const);
  return Object.fromEntries(named.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)));
}
