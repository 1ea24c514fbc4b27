import { type AnswerCount, type AnswerSource, LATENCY_BUCKETS } from "../../../../../contract/ingest.ts";
import { referenceOf } from "../../../drivers/collections.ts";
import type { Configuration, Entity } from "../../../drivers/gateway.ts";
import { ANSWER_SLOT_MS, type AnswerSlot } from "../../../store/traffic-answers.ts";
import { PLUGIN_STATUSES, statusesOf } from "../../cause/signature.ts";
import type { Counted } from "./kong-metrics.ts";

export interface Window {
  gateway: string;
  /** `[from, to)` in epoch milliseconds. */
  from: number;
  to: number;
}

/** Counts of a window as slots: spread evenly, for nothing tells when in it they happened. */
export function slotsOf(
  { gateway, from, to }: Window,
  counted: readonly { counted: Counted; count: number }[],
  places: Places,
): AnswerSlot[] {
  const starts: number[] = [];
  for (let at = Math.floor(from / ANSWER_SLOT_MS) * ANSWER_SLOT_MS; at < to; at += ANSWER_SLOT_MS) starts.push(at);
  const slots = new Map<string, AnswerSlot>();
  const slotOf = (slot_start: number, route_id: string) => {
    const key = `${slot_start} ${route_id}`;
    const slot = slots.get(key) ?? {
      gateway,
      route_id,
      slot_start,
      answers: [],
      upstream_ms: zeros(),
      total_ms: zeros(),
    };
    slots.set(key, slot);
    return slot;
  };
  for (const { counted: one, count } of counted) {
    const route = places.idOf(one.route);
    for (const [i, share] of spread(Math.round(count), starts.length).entries()) {
      if (share === 0) continue;
      const slot = slotOf(starts[i] as number, route);
      if (one.what === "answers")
        addTo(slot.answers, places.sourceOf(one.source, one.status, route), one.status, share);
      else slot[one.what][one.bucket] = (slot[one.what][one.bucket] ?? 0) + share;
    }
  }
  return [...slots.values()];
}

const zeros = (): number[] => new Array<number>(LATENCY_BUCKETS).fill(0);

/** Whole numbers that add up to the count. */
export function spread(count: number, parts: number): number[] {
  return Array.from(
    { length: parts },
    (_, i) => Math.floor(((i + 1) * count) / parts) - Math.floor((i * count) / parts),
  );
}

function addTo(answers: AnswerCount[], source: AnswerSource, status: number, count: number): void {
  const known = answers.find((one) => one.source === source && one.status === status);
  if (known === undefined) answers.push({ source, status, count });
  else known.count += count;
}

/** What names in metrics stand for, by the configuration as it was read last. */
export class Places {
  readonly #routes = new Map<string, string>();
  readonly #services = new Map<string, string | null>();
  readonly #plugins: readonly Entity[];

  constructor(configuration: Configuration | null) {
    for (const route of configuration?.entities.routes ?? []) {
      if (typeof route.name === "string") this.#routes.set(route.name, route.id);
      this.#services.set(route.id, referenceOf(route, "service"));
    }
    this.#plugins = (configuration?.entities.plugins ?? []).filter(({ enabled }) => enabled !== false);
  }

  /** Metrics name a route by its name, and by its id where it has none. */
  idOf(nameOrId: string): string {
    return this.#routes.get(nameOrId) ?? nameOrId;
  }

  /**
   * Metrics tell the service's answers from Kong's at best (`service`, `kong`), and not whether a plugin gave those or Kong itself for want
   * of an answer: a plugin did that is there and answers so.
   */
  sourceOf(source: string, status: number, route: string): AnswerSource {
    if (source === "service" || status < 400) return "service";
    if (this.#endsSo(status, route)) return "exit";
    if (source === "kong") return status >= 500 ? "error" : "exit";
    return status === 502 || status === 503 || status === 504 ? "error" : "service";
  }

  #endsSo(status: number, route: string): boolean {
    const service = this.#services.get(route) ?? null;
    return this.#plugins.some((plugin) => {
      const [ofRoute, ofService] = [referenceOf(plugin, "route"), referenceOf(plugin, "service")];
      if (ofRoute !== null ? ofRoute !== route : ofService !== null && ofService !== service) return false;
      return statusesOf(plugin).includes(status) || (PLUGIN_STATUSES[String(plugin.name)]?.includes(status) ?? false);
    });
  }
}
