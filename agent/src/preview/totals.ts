import { entryOf } from "./entry-of.ts";
import type { RecordedRequest } from "./recorded-request.ts";

interface Counted {
  records: number;
  /** With weights. */
  requests: number;
}

/** Of all that was recorded, so that a plan about few addresses need replay only theirs. */
export interface Totals {
  records: number;
  attack: Counted;
  legitimate: Counted;
  /** Legitimate ones by route. */
  routes: ReadonlyMap<string | null, Counted>;
  consumers: number;
}

export function totalsOf(records: readonly RecordedRequest[]): Totals {
  const attack = { records: 0, requests: 0 };
  const legitimate = { records: 0, requests: 0 };
  const routes = new Map<string | null, Counted>();
  const consumers = new Set<string>();
  for (const { attack: isAttack, weight, route_id, consumer } of records) {
    if (isAttack) {
      add(attack, weight);
      continue;
    }
    add(legitimate, weight);
    add(
      entryOf(routes, route_id, () => ({ records: 0, requests: 0 })),
      weight,
    );
    if (consumer !== null) consumers.add(consumer);
  }
  return { records: records.length, attack, legitimate, routes, consumers: consumers.size };
}

function add(counted: Counted, weight: number): void {
  counted.records++;
  counted.requests += weight;
}
