/** Adds to `ngx.d.ts` what the plugin's HTTP client and decision store call. */

/** What only nginx's own dictionaries can do. */
interface NativeDict extends SharedDict {
  /** The third value says that something valid had to leave. `flags` come back from `get`. */
  set(
    key: string,
    value: string | number | boolean | undefined,
    ttl?: number,
    flags?: number,
  ): LuaMultiReturn<[boolean, string?, boolean?]>;
  /** Bytes of the whole. */
  capacity(): number;
  /** Bytes in pages that nothing lies in. */
  free_space(): number;
}

interface TcpSocket {
  settimeouts(connectMs: number, sendMs: number, readMs: number): void;
  connect(host: string, port: number, options: { pool: string }): LuaMultiReturn<[number | undefined, string?]>;
  sslhandshake(reused: boolean, serverName: string, verify: boolean): LuaMultiReturn<[unknown, string?]>;
  send(data: string | string[]): LuaMultiReturn<[number | undefined, string?]>;
  receive(size: number): LuaMultiReturn<[string | undefined, string?, string?]>;
  /** The reader returns up to `size` bytes a call, and nil without an error once the pattern was read. */
  receiveuntil(pattern: string): (this: void, size: number) => LuaMultiReturn<[string | undefined, string?, string?]>;
  setkeepalive(idleMs: number, size: number): LuaMultiReturn<[number | undefined, string?]>;
  getreusedtimes(): LuaMultiReturn<[number | undefined, string?]>;
  close(): void;
}

declare namespace ngx {
  namespace socket {
    function tcp(): TcpSocket;
  }
}
