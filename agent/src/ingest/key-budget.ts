const BATCHES_PER_SECOND = 50;
const BURST = 200;

interface Bucket {
  left: number;
  at: number;
}

/** How many batches each key may still send: taken only after the signature held, so that nobody can use up another's. */
export class KeyBudget {
  readonly #buckets = new Map<string, Bucket>();

  /** Seconds to wait; 0 when the batch may go on. */
  take(keyId: string, now = Date.now()): number {
    const bucket = this.#buckets.get(keyId) ?? { left: BURST, at: now };
    bucket.left = Math.min(BURST, bucket.left + ((now - bucket.at) / 1000) * BATCHES_PER_SECOND);
    bucket.at = now;
    this.#buckets.set(keyId, bucket);
    if (bucket.left < 1) return 1;
    bucket.left -= 1;
    return 0;
  }
}
