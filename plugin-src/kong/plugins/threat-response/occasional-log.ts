/** Messages that may come with every poll or record: each topic is logged at most once in a while, with the number left out. */
const QUIET_S = 30;

interface Topic {
  until: number;
  held: number;
}

const topics: Record<string, Topic> = {};

/** The end of what was told under that topic, if anything was. */
export function logOver(topic: string, message: string): void {
  if (topics[topic] === undefined) return;
  topics[topic] = undefined as never;
  ngx.log(ngx.NOTICE, "[threat-response] ", message);
}

export function logOccasionally(level: number, topic: string, message: string): void {
  const now = ngx.now();
  const known = topics[topic];
  if (known !== undefined && now < known.until) {
    known.held += 1;
    return;
  }
  const held = known === undefined ? 0 : known.held;
  topics[topic] = { until: now + QUIET_S, held: 0 };
  const more = held > 0 ? ` (and ${held} times more since the last message)` : "";
  ngx.log(level, "[threat-response] ", message, more);
}
