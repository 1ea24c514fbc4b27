import * as ffi from "ffi";
import { lowerType } from "../payload/body-format.ts";
import type { Uninspected } from "../payload/inspection.ts";
import { isBinary } from "../payload/sift.ts";
import type { Facts } from "./facts.ts";

/** The part of a request body that is inspected, and why it is not all of it. */
const { sub } = string;

/** Never buffered: Kong passes them on as they come. */
const isStreamed = (facts: Facts, type: string): boolean =>
  facts.route?.request_buffering === false ||
  sub(type, 1, 16) === "application/grpc" ||
  facts.headers.upgrade !== undefined;

/** Bytes for machines hide no text, where they are what they say. No loop: short ones keep what calls them from being compiled. */
const isOpaque = (type: string): boolean => {
  const kind = sub(type, 1, 6);
  if (kind === "image/" || kind === "audio/" || kind === "video/") return type !== "image/svg+xml";
  if (kind !== "applic") return sub(type, 1, 5) === "font/";
  return sub(type, 1, 24) === "application/octet-stream" || sub(type, 1, 15) === "application/zip";
};

const hasBody = (facts: Facts): boolean => {
  const length = facts.headers["content-length"] as string | undefined;
  if (length !== undefined) return length !== "0";
  if (facts.headers["transfer-encoding"] !== undefined) return true;
  if (facts.method === "GET" || facts.method === "HEAD") return false;
  const protocol = ngx.var.server_protocol;
  return protocol === "HTTP/2.0" || protocol === "HTTP/3.0";
};

type Attempt = LuaMultiReturn<[ok: boolean, body: string | undefined, unread: Uninspected | undefined]>;
type Read = LuaMultiReturn<[body: string | undefined, unread?: Uninspected | undefined]>;

const attempt = pcall as unknown as (read: (limit: number) => Read, limit: number) => Attempt;

/** Beyond what nginx keeps in memory the body is in a file, of which the head is enough. */
const readHead = (limit: number): Read => {
  const path = ngx.req.get_body_file();
  if (path === undefined) return $multi(undefined, "unreadable");
  const [file] = io.open(path, "rb");
  if (file === undefined) return $multi(undefined, "unreadable");
  const head = file.read(limit) as string | undefined;
  const isLonger = file.read(1) !== undefined;
  file.close();
  return $multi(head, isLonger ? "beyond_limit" : undefined);
};

const readRaw = (limit: number): Read => {
  const [body] = kong.request.get_raw_body();
  if (body === undefined) return readHead(limit);
  if (body.length > limit) return $multi(sub(body, 1, limit), "beyond_limit");
  return $multi(body);
};

const isCompressed = (facts: Facts): boolean => {
  const encoding = facts.headers["content-encoding"];
  return encoding !== undefined && encoding !== "identity";
};

const looksBinary = (body: string): boolean => isBinary(ffi.cast("const uint8_t *", body), 0, body.length);

/** What is left of a body that was read: nothing of one that is compressed, or as opaque as it says. */
const sortOut = (facts: Facts, type: string, body: string, unread: Uninspected | undefined): Read => {
  if (isCompressed(facts)) return $multi(looksBinary(body) ? undefined : body, "compressed");
  if (!isOpaque(type)) return $multi(body, unread);
  if (looksBinary(body)) return $multi(undefined);
  return $multi(body, sub(type, 1, 12) === "application/" ? unread : "mistyped");
};

/** At most `limit` bytes of the body, nil where there is nothing to read in it; and why that is not all, where it is not. */
export const readBody = (facts: Facts, limit: number): Read => {
  if (limit === 0 || !hasBody(facts)) return $multi(undefined);
  const type = facts.contentType === undefined ? "" : lowerType(facts.contentType);
  if (isStreamed(facts, type)) return $multi(undefined, "streamed");
  const [ok, body, unread] = attempt(readRaw, limit);
  if (!ok) return $multi(undefined, "unreadable");
  if (body === undefined || body === "") return $multi(undefined, unread);
  return sortOut(facts, type, body, unread);
};
