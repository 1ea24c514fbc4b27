import { createHash } from "node:crypto";
import type { IncidentRecord, Subject } from "../../../contract/ingest.ts";

/**
 * What makes two records one incident: category and subject. The route of a record does not count: one address that attacks
 * twenty routes is one incident, to be answered once.
 */
export function fingerprintOf(gateway: string, category: string, subject: Subject): string {
  const text = JSON.stringify([gateway, category, subject.kind, subject.value]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** The route that a record is about, whose incident it joins when there are too many sources. */
export function routeSubject(record: IncidentRecord): Subject {
  return { kind: "route", value: record.scope.route_id ?? "" };
}

export const GATEWAY_SUBJECT: Subject = { kind: "gateway", value: "*" };
