import type { Facts } from "./facts.ts";

/** The part of a request body that is inspected. */
const { lower, sub } = string;

/** Bytes for machines hide no text: they are not read here at all. */
const OPAQUE = [
  "image/",
  "audio/",
  "video/",
  "font/",
  "application/grpc",
  "application/octet-stream",
  "application/zip",
];

const isOpaque = (contentType: string | undefined): boolean => {
  if (contentType === undefined) return false;
  const name = lower(contentType);
  for (const prefix of OPAQUE) {
    if (sub(name, 1, prefix.length) === prefix) return true;
  }
  return false;
};

const hasBody = (facts: Facts): boolean => {
  const length = facts.headers["content-length"] as string | undefined;
  if (length !== undefined) return length !== "0";
  if (facts.headers["transfer-encoding"] !== undefined) return true;
  return facts.method !== "GET" && facts.method !== "HEAD" && ngx.var.server_protocol === "HTTP/2.0";
};

/** Beyond what nginx keeps in memory the body is in a file, of which the head is enough. */
const readHead = (limit: number): string | undefined => {
  const path = ngx.req.get_body_file();
  if (path === undefined) return undefined;
  const [file] = io.open(path, "rb");
  if (file === undefined) return undefined;
  const head = file.read(limit) as string | undefined;
  file.close();
  return head;
};

const readRaw = (limit: number): string | undefined => {
  const [body] = kong.request.get_raw_body();
  if (body === undefined) return readHead(limit);
  return body.length > limit ? sub(body, 1, limit) : body;
};

/** At most `limit` bytes; nil without a body, for opaque ones, and where Kong has to stream it. */
export const readBody = (facts: Facts, limit: number): string | undefined => {
  if (limit === 0 || !hasBody(facts) || isOpaque(facts.contentType)) return undefined;
  if (facts.route?.request_buffering === false) return undefined;
  const [ok, body] = pcall(readRaw, limit);
  return ok && body !== "" ? (body as string | undefined) : undefined;
};
