import { setTimeout as sleep } from "node:timers/promises";
import type { Ledger } from "./ledger.ts";
import type { Random } from "./random.ts";
import type { RequestSpec } from "./request.ts";

/** A stream of requests at a rate, whatever the answers: clients do not wait for each other. */
export interface Part {
  name: string;
  perSecond: number;
  next(): RequestSpec;
}

export interface Playing {
  /** Ends the stream and waits for the answers still due. */
  stop(): Promise<void>;
}

const TICK_MS = 10;

export function play(part: Part, ledger: Ledger, random: Random): Playing {
  let going = true;
  let due = 0;
  let last = performance.now();
  const open = new Set<Promise<void>>();
  const emit = () => {
    const sent = ledger.send(part.name, random.hex(24), part.next()).finally(() => open.delete(sent));
    open.add(sent);
  };
  const loop = async () => {
    while (going) {
      const now = performance.now();
      // Arrivals are random around the rate, as those of many independent clients are.
      due += ((now - last) / 1000) * part.perSecond * (0.5 + random.next());
      last = now;
      for (; due >= 1; due -= 1) emit();
      await sleep(TICK_MS);
    }
  };
  const running = loop();
  return {
    async stop() {
      going = false;
      await running;
      await Promise.all(open);
    },
  };
}
