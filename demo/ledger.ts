/** What was sent and what became of it. Everything the demo prints about traffic is counted here. */
import { type RequestSpec, type Status, sendRequest } from "./request.ts";
import type { Upstream } from "./upstream.ts";

export interface Entry {
  sentAt: number;
  status: Status;
  reached: boolean;
  spec: RequestSpec;
}

export interface Ledger {
  /** Sends it and books it under the name. */
  send(name: string, id: string, spec: RequestSpec): Promise<void>;
  entries(name: string): readonly Entry[];
}

/** Denied by the plugin. A wrong password (401) or a missing route (404) is the gateway's ordinary answer and stops nobody. */
export function isStopped(entry: Entry): boolean {
  return !entry.reached && (entry.status === 403 || entry.status === 429);
}

/** A legitimate client did not get what it would have got without us. */
export function isHarmed(entry: Entry): boolean {
  return entry.status !== entry.spec.expect;
}

export function createLedger(port: number, upstream: Upstream): Ledger {
  const books = new Map<string, Entry[]>();
  const book = (name: string) => {
    const entries = books.get(name) ?? [];
    books.set(name, entries);
    return entries;
  };
  return {
    async send(name, id, spec) {
      const sentAt = Date.now();
      const status = await sendRequest(port, id, spec);
      book(name).push({ sentAt, status, reached: upstream.reached(id), spec });
    },
    entries: (name) => books.get(name) ?? [],
  };
}
