import type { EventRecord } from "./contract/ingest.ts";

/** Records that wait for the agent, oldest first. When it is full the oldest one goes: what happens now matters more. */
export interface RecordQueue {
  slots: Record<number, EventRecord | undefined>;
  first: number;
  count: number;
}

export function createQueue(): RecordQueue {
  return { slots: {}, first: 1, count: 0 };
}

export function peek(queue: RecordQueue): EventRecord | undefined {
  return queue.slots[queue.first];
}

export function dropFirst(queue: RecordQueue): void {
  if (queue.count > 0) {
    queue.slots[queue.first] = undefined;
    queue.first += 1;
    queue.count -= 1;
  }
}

/** How many records had to go to keep the bound. */
export function push(queue: RecordQueue, record: EventRecord, limit: number): number {
  queue.slots[queue.first + queue.count] = record;
  queue.count += 1;
  let dropped = 0;
  while (queue.count > limit) {
    dropFirst(queue);
    dropped += 1;
  }
  return dropped;
}
