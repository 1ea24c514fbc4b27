import { logOccasionally } from "./occasional-log.ts";

/**
 * A shared dictionary that is full forgets what was idle for longest. One that is too small so forgets who attacks before the windows end that count it,
 * and nothing would say so. An entry that nobody touches tells: how long it stays is how long everything idle stays.
 */
const KEY = "Zroom";
/** As long as most windows are. */
const ENOUGH_S = 60;
const RECOMMENDED = "64m";

const dictionary = ngx.shared.threat_response as NativeDict | undefined;

let placedAt = 0;

const place = (dict: NativeDict, now: number): void => {
  const [isPlaced] = dict.set(KEY, true, 2 * ENOUGH_S);
  placedAt = isPlaced ? now : 0;
};

const warn = (dict: NativeDict, idle_s: number): void => {
  const size = `${Math.floor(dict.capacity() / 1024)} KiB`;
  const effect = `what is idle for ${Math.ceil(idle_s)} s is forgotten, who attacks slowly too`;
  const remedy = `Enlarge it, as KONG_NGINX_HTTP_LUA_SHARED_DICT='threat_response ${RECOMMENDED}'`;
  logOccasionally(ngx.WARN, "room", `lua_shared_dict threat_response (${size}) is too small: ${effect}. ${remedy}`);
};

/** Once a second or so, in one worker: `ttl` looks at the entry without touching it. */
export const checkRoom = (now: number): void => {
  if (dictionary === undefined || ngx.worker.id() !== 0) return;
  if (placedAt === 0) {
    place(dictionary, now);
    return;
  }
  const idle_s = now - placedAt;
  const [left] = dictionary.ttl(KEY);
  if (left === undefined && idle_s < ENOUGH_S) warn(dictionary, idle_s);
  if (left === undefined || idle_s >= ENOUGH_S) place(dictionary, now);
};
