import { setTimeout as sleep } from "node:timers/promises";
import type { Advice } from "./advisor.ts";

const MOST = 500;

/** Questions that are open, and answers that need not be asked for again. */
export class Questions {
  readonly #open = new Map<string, { answer: Promise<Advice>; isAwaited: boolean }>();
  readonly #known = new Map<string, Advice>();

  known(key: string): Advice | undefined {
    return this.#known.get(key);
  }

  isOpen(key: string): boolean {
    return this.#open.has(key);
  }

  open(key: string, answer: Promise<Advice>): void {
    if (this.#open.size >= MOST) this.#open.clear();
    this.#open.set(key, { answer, isAwaited: false });
  }

  /** Null when it takes longer. */
  async wait(key: string, patience_ms: number): Promise<Advice | null> {
    const question = this.#open.get(key);
    const advice = await Promise.race([question?.answer, sleep(patience_ms, null, { ref: false })]);
    if (advice === null || advice === undefined) return null;
    this.#open.delete(key);
    if (this.#known.size >= MOST) this.#known.clear();
    // What the rules decided since something failed may be asked again.
    if (advice.plan_id !== null || advice.suspicious) this.#known.set(key, advice);
    return advice;
  }

  /** Told once, however often somebody looks in vain. */
  whenAnswered(key: string, tell: () => void): void {
    const question = this.#open.get(key);
    if (question === undefined || question.isAwaited) return;
    question.isAwaited = true;
    void question.answer.then(tell);
  }
}
