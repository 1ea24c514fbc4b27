import { FEED_MAGIC, FEED_VERSION, MAX_DECISIONS } from "../../../contract/decision-feed.ts";
import { sign } from "../auth/signature.ts";
import type { Db } from "../store/db.ts";
import { countDecisionsOn, type Feed, feedLines, feedOf } from "../store/decisions.ts";

export interface FeedBody {
  text: string;
  signature: string;
}

interface Kept {
  feed: Feed;
  lines: string;
  count: number;
  leftOut: number;
  issuedAt: number;
  body: FeedBody | null;
}

/** The feed of one gateway: lines are made once per sequence, head and signature at most once a second. */
export class FeedSource {
  readonly #db: Db;
  readonly #gateway: string;
  readonly #secret: string;
  readonly #limit: number;
  #kept: Kept | null = null;
  #making: Promise<void> | null = null;

  constructor(db: Db, gateway: string, secret: string, limit = MAX_DECISIONS) {
    this.#db = db;
    this.#gateway = gateway;
    this.#secret = secret;
    this.#limit = limit;
  }

  current(): Promise<Feed> {
    return feedOf(this.#db, this.#gateway);
  }

  /** How many decisions in force did not fit into the feed when it was last made. */
  get leftOut(): number {
    return this.#kept?.leftOut ?? 0;
  }

  async body(feed: Feed, now = Date.now()): Promise<FeedBody> {
    const kept = await this.#linesOf(feed, now);
    const issuedAt = Math.floor(now / 1000);
    if (kept.body === null || kept.issuedAt !== issuedAt) {
      const { gateway, epoch, sequence } = kept.feed;
      const head = [FEED_MAGIC, FEED_VERSION, gateway, epoch, sequence, issuedAt, kept.count].join(" ");
      const text = `${head}\n${kept.lines}`;
      kept.body = { text, signature: `v1=${sign(this.#secret, [text]).toString("hex")}` };
      kept.issuedAt = issuedAt;
    }
    return kept.body;
  }

  async #linesOf(feed: Feed, now: number): Promise<Kept> {
    for (;;) {
      const kept = this.#kept;
      if (kept && kept.feed.epoch === feed.epoch && kept.feed.sequence >= feed.sequence) return kept;
      this.#making ??= this.#make(now).finally(() => {
        this.#making = null;
      });
      await this.#making;
    }
  }

  /** The sequence is read before the decisions: they may be newer than it says, never older, and the next poll evens it out. */
  async #make(now: number): Promise<void> {
    const feed = await this.current();
    const { count, lines } = await feedLines(this.#db, this.#gateway, now, this.#limit);
    const full = count === this.#limit;
    const leftOut = full ? (await countDecisionsOn(this.#db, this.#gateway, now)) - count : 0;
    this.#kept = { feed, lines, count, leftOut, issuedAt: 0, body: null };
  }
}
