/** Reading an HTTP/1.1 answer from a cosocket, with a bound on everything the peer decides. */
export interface ResponseHead {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  keepsConnection: boolean;
}

const MAX_HEAD_BYTES = 16_384;
const MAX_LINE_BYTES = 256;
const MAX_INTERIM = 5;
const PIECE = 65_536;
/** A fast peer never makes the socket wait; other requests of this worker get their turn after this many bytes. */
const YIELD_BYTES = 65_536;
/** Some versions of nginx do not look at other events when the wait is 0. */
const PAUSE_S = 0.001;

type Chunks = LuaMultiReturn<[string[] | undefined, (string | undefined)?]>;

function readUntil(
  socket: TcpSocket,
  pattern: string,
  limit: number,
): LuaMultiReturn<[string | undefined, (string | undefined)?]> {
  const read = socket.receiveuntil(pattern);
  const [text, failure] = read(limit);
  if (text === undefined) {
    return $multi(undefined, failure ?? "closed");
  }
  const [more, unfinished] = read(1);
  if (more !== undefined || unfinished !== undefined) {
    return $multi(undefined, unfinished ?? "too long");
  }
  return $multi(text);
}

function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of string.gmatch(text, "\r\n([^:\r\n]+):[ \t]*([^\r\n]*)")) {
    headers[string.lower(name as string)] = value as string;
  }
  return headers;
}

/** Interim answers (1xx) are skipped. The third value says that not a byte came. */
export function readHead(
  socket: TcpSocket,
): LuaMultiReturn<[ResponseHead | undefined, (string | undefined)?, (boolean | undefined)?]> {
  for (const round of $range(0, MAX_INTERIM)) {
    const [text, failure] = readUntil(socket, "\r\n\r\n", MAX_HEAD_BYTES);
    if (text === undefined) {
      return $multi(undefined, `no answer: ${failure}`, round === 0 && failure === "closed");
    }
    const [minor, code] = string.match(text, "^HTTP/1%.([01]) (%d%d%d)");
    if (code === undefined) {
      return $multi(undefined, "the answer is not HTTP/1.1", false);
    }
    const status = tonumber(code) as number;
    if (status >= 200) {
      const headers = parseHeaders(text);
      const connection = string.lower(headers.connection ?? "");
      const keepsConnection = minor === "1" && connection !== "close" && isDelimited(status, headers);
      return $multi({ status, headers, keepsConnection });
    }
  }
  return $multi(undefined, "too many interim answers", false);
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}

/** Whether the end of the body is known without the peer closing the connection. */
function isDelimited(status: number, headers: Record<string, string>): boolean {
  return hasNoBody(status) || headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

interface Intake {
  chunks: string[];
  bytes: number;
  limit: number;
  /** Epoch seconds. */
  deadline: number;
}

/** Reads exactly `count` bytes; a message when that fails. */
function take(socket: TcpSocket, intake: Intake, count: number): string | undefined {
  if (intake.bytes + count > intake.limit) {
    return `the answer is longer than ${intake.limit} bytes`;
  }
  let left = count;
  while (left > 0) {
    const size = Math.min(left, PIECE);
    const [piece, failure] = socket.receive(size);
    if (piece === undefined) {
      return `the answer broke off: ${failure}`;
    }
    const before = intake.bytes % YIELD_BYTES;
    intake.chunks.push(piece);
    intake.bytes += size;
    left -= size;
    if (before + size >= YIELD_BYTES) {
      ngx.sleep(PAUSE_S);
    }
    if (ngx.now() > intake.deadline) {
      return "the answer took too long";
    }
  }
  return undefined;
}

function takeChunked(socket: TcpSocket, intake: Intake): string | undefined {
  while (true) {
    const [line, failure] = readUntil(socket, "\r\n", MAX_LINE_BYTES);
    const [digits] = string.match(line ?? "", "^(%x+)");
    if (digits === undefined || digits.length > 8) {
      return `malformed chunk: ${failure ?? "no size"}`;
    }
    const size = tonumber(digits, 16) as number;
    if (size === 0) {
      return skipTrailer(socket);
    }
    const problem = take(socket, intake, size);
    if (problem !== undefined) {
      return problem;
    }
    const [ending] = socket.receive(2);
    if (ending !== "\r\n") {
      return "malformed chunk: no line end";
    }
  }
}

function skipTrailer(socket: TcpSocket): string | undefined {
  for (const _ of $range(1, 20)) {
    const [line, failure] = readUntil(socket, "\r\n", MAX_LINE_BYTES);
    if (line === undefined) {
      return `malformed trailer: ${failure}`;
    }
    if (line === "") {
      return undefined;
    }
  }
  return "malformed trailer: too long";
}

/** The peer ends the body by closing. */
function takeAll(socket: TcpSocket, intake: Intake): string | undefined {
  while (intake.bytes <= intake.limit) {
    const [piece, failure, partial] = socket.receive(PIECE);
    const data = piece ?? partial ?? "";
    intake.chunks.push(data);
    intake.bytes += data.length;
    if (piece === undefined) {
      return failure === "closed" ? undefined : `the answer broke off: ${failure}`;
    }
    if (ngx.now() > intake.deadline) {
      return "the answer took too long";
    }
  }
  return `the answer is longer than ${intake.limit} bytes`;
}

/** The body in pieces of at most 64 KiB. */
export function readBody(socket: TcpSocket, head: ResponseHead, limit: number, deadline: number): Chunks {
  const intake: Intake = { chunks: [], bytes: 0, limit, deadline };
  const length = head.headers["content-length"];
  let problem: string | undefined;
  if (hasNoBody(head.status)) {
    return $multi(intake.chunks);
  }
  if (head.headers["transfer-encoding"] !== undefined) {
    problem = takeChunked(socket, intake);
  } else if (length === undefined) {
    problem = takeAll(socket, intake);
  } else {
    const [digits] = string.match(length, "^%d+$");
    problem = digits === undefined ? "malformed Content-Length" : take(socket, intake, tonumber(digits) as number);
  }
  if (problem !== undefined) {
    return $multi(undefined, problem);
  }
  return $multi(intake.chunks);
}
