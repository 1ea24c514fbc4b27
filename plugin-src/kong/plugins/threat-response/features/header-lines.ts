import { band, bxor, rol } from "bit";
import type { CData } from "ffi";
import * as ffi from "ffi";

/**
 * The header lines of a request, read from nginx's memory without making strings of those that are of no interest. Most lines of a client
 * are the same in each request; what was looked at once and found plain (`markPlain`) is told by comparing its bytes, and left out.
 */
export type Headers = Record<string, string | string[] | undefined>;

interface Bytes {
  len: number;
  data: CData;
}

interface Lines {
  [index: number]: { key: Bytes; value: Bytes };
}

interface Nginx {
  ngx_http_lua_ffi_req_get_headers_count: (this: void, request: CData, most: number, isTruncated: CData) => number;
  ngx_http_lua_ffi_req_get_headers: (this: void, request: CData, lines: CData, count: number, isRaw: number) => number;
  tr_compare: (this: void, a: CData, b: CData, length: number) => number;
}

const MAX_LINES = 200;
const SLOTS = 512;
/** Longer lines are looked at each time. */
const SLOT_BYTES = 160;

/** One line to a slot: its name and its value, one after the other. A line pushes out what was there. */
const slots = ffi.new("uint8_t[?]", SLOTS * SLOT_BYTES);
const nameLengths = ffi.new("uint16_t[?]", SLOTS);
const valueLengths = ffi.new("uint16_t[?]", SLOTS);
/** What the line says about `presentHeaders`. */
const slotMarks = ffi.new("uint8_t[?]", SLOTS);
const isTruncated = ffi.new("int[1]");
const nginx = ffi.C as Nginx;

/** Lines that somebody needs by name are always read. */
const WANTED = new LuaSet<string>();
for (const name of [
  "authorization",
  "content-encoding",
  "content-length",
  "content-type",
  "cookie",
  "referer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
]) {
  WANTED.add(name);
}

/** Headers of which only matters whether they are there: one bit each. */
export const ACCEPT = 1;
export const ACCEPT_LANGUAGE = 2;
export const ACCEPT_ENCODING = 4;
export const CLIENT_HINTS = 8;
const MARKS: Record<string, number> = {
  accept: ACCEPT,
  "accept-language": ACCEPT_LANGUAGE,
  "accept-encoding": ACCEPT_ENCODING,
  "sec-ch-ua": CLIENT_HINTS,
};
let present = 0;

/** Which of these the request had whose headers were read last, and not empty. */
export const presentHeaders = (): number => present;

/** Headers of this name are read from now on, whatever they say. */
export const wantHeader = (name: string): void => WANTED.add(string.lower(name));

interface Access {
  getRequest: (this: void) => CData;
  lines: Lines;
}

/** nginx's own interface of `ngx.req.get_headers`; raises outside of nginx, as in tests. */
const open = (): Access => {
  const base = require("resty.core.base") as { get_request: (this: void) => CData };
  ffi.cdef('int tr_compare(const void *, const void *, size_t) __asm__("memcmp");');
  const lines = ffi.new("ngx_http_lua_ffi_table_elt_t[?]", MAX_LINES) as unknown as Lines;
  assert(nginx.ngx_http_lua_ffi_req_get_headers_count);
  return { getRequest: base.get_request, lines };
};

const [isNative, opened] = pcall(open);
const { getRequest, lines } = (isNative ? opened : {}) as Access;

/** A cheap mix of lengths and some bytes; the comparison of all bytes decides. */
const slotOf = (name: CData, nameLength: number, value: CData, length: number): number => {
  let hash = bxor(nameLength, rol(length, 8));
  hash = bxor(rol(hash, 5), name[nameLength >> 1]);
  hash = bxor(rol(hash, 5), value[0]);
  hash = bxor(rol(hash, 5), value[length >> 2]);
  hash = bxor(rol(hash, 5), value[length >> 1]);
  hash = bxor(rol(hash, 5), value[length - 1]);
  return band(bxor(hash, rol(hash, 13), rol(hash, 22)), SLOTS - 1);
};

/** Members are read one by one, since a reference into an array of structures is an object to be made. */
const isPlain = (i: number): boolean => {
  const nameLength = lines[i].key.len;
  const length = lines[i].value.len;
  if (length === 0) return true;
  const name = lines[i].key.data;
  const value = lines[i].value.data;
  const slot = slotOf(name, nameLength, value, length);
  if (nameLengths[slot] !== nameLength || valueLengths[slot] !== length) return false;
  const kept = advance(slots, slot * SLOT_BYTES);
  if (nginx.tr_compare(advance(kept, nameLength), value, length) !== 0) return false;
  if (nginx.tr_compare(kept, name, nameLength) !== 0) return false;
  present = present | slotMarks[slot];
  return true;
};

/** From now on lines that say exactly this are left out. `name` is in lower case. */
export const markPlain = (name: string, value: string): void => {
  if (!isNative || WANTED.has(name) || value === "" || name.length + value.length > SLOT_BYTES) return;
  const nameBytes = ffi.cast("const uint8_t *", name);
  const valueBytes = ffi.cast("const uint8_t *", value);
  const slot = slotOf(nameBytes, name.length, valueBytes, value.length);
  const kept = advance(slots, slot * SLOT_BYTES);
  ffi.copy(kept, name, name.length);
  ffi.copy(advance(kept, name.length), value, value.length);
  nameLengths[slot] = name.length;
  valueLengths[slot] = value.length;
  slotMarks[slot] = MARKS[name] ?? 0;
};

const add = (headers: Headers, name: string, value: string): void => {
  present = present | (MARKS[name] ?? 0);
  const known = headers[name];
  if (known === undefined) headers[name] = value;
  else if (typeof known === "string") headers[name] = [known, value];
  else known.push(value);
};

const readAll = (): Headers => {
  const headers = ngx.req.get_headers(0) as Headers;
  for (const [name, mark] of pairs(MARKS)) {
    const value = headers[name];
    if (value !== undefined && value !== "") present = present | mark;
  }
  return headers;
};

/** Room for the wanted ones at once: a table that grows is made anew each time. */
export const createHeaders = (): Headers => ({
  authorization: undefined,
  "content-encoding": undefined,
  "content-length": undefined,
  "content-type": undefined,
  cookie: undefined,
  referer: undefined,
  "transfer-encoding": undefined,
  "user-agent": undefined,
});

/** The table, without any header, for the next request. One that had others than the wanted is not used again: where its members are differs. */
export const emptyHeaders = (headers: Headers): Headers => {
  headers.authorization = undefined;
  headers["content-encoding"] = undefined;
  headers["content-length"] = undefined;
  headers["content-type"] = undefined;
  headers.cookie = undefined;
  headers.referer = undefined;
  headers["transfer-encoding"] = undefined;
  headers["user-agent"] = undefined;
  const [other] = next(headers);
  return other === undefined ? headers : createHeaders();
};

/**
 * By lower-case name the values of all header lines but those known to be plain; several of one name are an array. For what is not
 * among the wanted names, absence means nothing. They are put into an empty table of `createHeaders`, unless they are very many.
 */
export const readHeaders = (headers: Headers): Headers => {
  present = 0;
  if (!isNative) return readAll();
  const request = getRequest();
  const count = nginx.ngx_http_lua_ffi_req_get_headers_count(request, 0, isTruncated);
  if (count > MAX_LINES) return readAll();
  if (count <= 0) return headers;
  if (nginx.ngx_http_lua_ffi_req_get_headers(request, lines as unknown as CData, count, 0) !== 0) return headers;
  for (const i of $range(0, count - 1)) {
    if (!isPlain(i))
      add(
        headers,
        ffi.string(lines[i].key.data, lines[i].key.len),
        ffi.string(lines[i].value.data, lines[i].value.len),
      );
  }
  return headers;
};
