import type { Message } from "./message.ts";

export type Delivery = { done: true } | { done: false; error: string; final: boolean; retryAfter_ms?: number };

/** Where messages go. `id` is the same in every retry, so that the receiver can drop repeats. */
export interface Channel {
  name: string;
  deliver: (id: string, message: Message) => Promise<Delivery>;
}
