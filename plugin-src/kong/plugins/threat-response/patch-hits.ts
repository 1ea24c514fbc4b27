/** What hot patches of the agent have met; they run in `pre-function`, before this plugin, and count in its shared dictionary. */
const LIST = "patches";
/** In one flush; the rest waits for the next. */
const MAX_TAKEN = 100;

interface ListDict extends SharedDict {
  /** Takes the first of a list; nil where there is none. */
  lpop(key: string): string | undefined;
  rpush(key: string, value: string): void;
}

/** This request was ended by a hot patch, which stood before this plugin's access phase. */
export const wasPatched = (): boolean => kong.ctx.shared.threat_response_patch !== undefined;

/**
 * Hands over what was counted since the last time. A patch puts its id into the list when its counter leaves zero, and whoever takes
 * the id out has the counter to itself until it is zero again.
 */
export const takePatchHits = (take: (this: void, decision: string, count: number) => void): void => {
  const counters = ngx.shared.threat_response as ListDict | undefined;
  if (counters === undefined) return;
  for (const _ of $range(1, MAX_TAKEN)) {
    const id = counters.lpop(LIST);
    if (id === undefined) return;
    const key = `patch:${id}`;
    const [stored] = counters.get(key);
    if (stored === undefined) continue;
    const count = stored as number;
    take(`p-${id}`, count);
    const [left] = counters.incr(key, -count, 0);
    if (left !== undefined && left > 0) counters.rpush(LIST, id);
  }
};
