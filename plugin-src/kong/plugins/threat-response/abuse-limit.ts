/** Which clients are slowed down on which route because of what they fetched there, as this worker has found; bounded. */
const MAX_LIMITED = 2000;
const LASTS_S = 300;
/** Who goes on regardless has to pause for so long. */
const PAUSE_S = 60;

let limited = new LuaTable<string, number>();
let size = 0;

export const limitClient = (who: string, now: number): void => {
  if (limited.get(who) === undefined) {
    if (size >= MAX_LIMITED) {
      limited = new LuaTable();
      size = 0;
    }
    size += 1;
  }
  limited.set(who, now + LASTS_S);
};

/** Whether anybody is: the hot path asks this first. */
export const isAnybodyLimited = (): boolean => size > 0;

export const isLimited = (who: string, now: number): boolean => {
  const until = limited.get(who);
  if (until === undefined) return false;
  if (until > now) {
    if (until < now + PAUSE_S) limited.set(who, now + PAUSE_S);
    return true;
  }
  limited.delete(who);
  size -= 1;
  return false;
};
