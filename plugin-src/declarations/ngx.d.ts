/** The part of OpenResty's Lua API that the plugin calls; nothing else is declared. */

/** `ngx.shared.<name>`: methods, so that calls use the colon. */
interface SharedDict {
  get(key: string): LuaMultiReturn<[value: unknown, flags?: number]>;
  set(
    key: string,
    value: string | number | boolean | undefined,
    ttl?: number,
  ): LuaMultiReturn<[boolean, string?, boolean?]>;
  add(key: string, value: string | number | boolean, ttl?: number): LuaMultiReturn<[boolean, string?, boolean?]>;
  /** `init_ttl` counts only when the key is new: the window then starts with its first event. */
  incr(
    key: string,
    by: number,
    init?: number,
    init_ttl?: number,
  ): LuaMultiReturn<[number | undefined, string?, boolean?]>;
  delete(key: string): void;
  ttl(key: string): LuaMultiReturn<[number | undefined, string?]>;
}

/** Rest parameters of timers arrive as they were given. */
type TimerCallback = (this: void, premature: boolean, ...rest: never[]) => void;

declare namespace ngx {
  /** Nginx variables are text, or nil where they are not known. */
  const variables: Record<string, string | undefined>;

  export { variables as var };
}

declare namespace ngx {
  const shared: Record<string, SharedDict | undefined>;
  const status: number;
  const ERR: number;
  const WARN: number;
  const NOTICE: number;
  const INFO: number;
  function log(level: number, ...message: unknown[]): void;
  function now(): number;
  function time(): number;
  function sleep(seconds: number): void;
  function md5(text: string): string;
  function decode_base64(text: string): string | undefined;
  function unescape_uri(text: string): string;

  namespace req {
    function get_headers(max?: number, raw?: boolean): Record<string, string | string[] | boolean>;
    function get_body_file(): string | undefined;
    /** Epoch seconds with fraction. */
    function start_time(): number;
  }

  namespace worker {
    function id(): number | undefined;
    function pid(): number;
    function count(): number;
    function exiting(): boolean;
  }

  namespace timer {
    function at(
      delay: number,
      callback: TimerCallback,
      ...rest: unknown[]
    ): LuaMultiReturn<[number | undefined, string?]>;
    function every(
      interval: number,
      callback: TimerCallback,
      ...rest: unknown[]
    ): LuaMultiReturn<[number | undefined, string?]>;
  }
}
