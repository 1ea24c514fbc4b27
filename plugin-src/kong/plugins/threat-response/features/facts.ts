import type { Instance } from "../configure.ts";
import type { Uninspected } from "../payload/inspection.ts";
import { isInspected } from "../sampling.ts";
import { readBody } from "./body.ts";
import { createHeaders, emptyHeaders, type Headers, presentHeaders, readHeaders } from "./header-lines.ts";
import { isLoginRequest, type LoginAttempt, readLogin, readOtherLogin } from "./login.ts";
import type { Source } from "./source.ts";

/** All that detectors look at: texts as the client sent them, undecoded. The shape is what `scanRequest` takes. */
export interface Facts {
  source: Source;
  method: string;
  /** Without the query. */
  path: string;
  /** Without the question mark. */
  query: string | undefined;
  /** Those named in `header-lines.ts`, and others that are not known to be plain. */
  headers: Headers;
  /** Which of some headers there are: bits of `header-lines.ts`. */
  present: number;
  contentType: string | undefined;
  cookie: string | undefined;
  userAgent: string | undefined;
  referer: string | undefined;
  route: KongRoute | undefined;
  /** Whether the payload is looked at: see `sampling.ts`. */
  isInspected: boolean;
  /** Why something of it could not be. */
  uninspected?: string | undefined;
  /** The first bytes, where there are some that can be inspected. */
  body: string | undefined;
  /** Why that is not all of the body, where it is not. */
  unread: Uninspected | undefined;
  login: LoginAttempt | undefined;
}

/** Facts of which the table is used again and again. */
interface HeldFacts extends Facts {
  /** A request has it at the moment. */
  isHeld: boolean;
  /** For its headers, unless they are very many. */
  room: Headers;
}

const NOBODY: Source = { ip: "", binary: "", key: "", isExempt: true };

const { find, sub } = string;
const { concat } = table;

/** Repeated headers count together: none hides behind another. */
const join = (value: string | string[] | undefined): string | undefined =>
  type(value) === "table" ? concat(value as string[], "; ") : (value as string | undefined);

const createFacts = (room: Headers): HeldFacts => ({
  source: NOBODY,
  method: "",
  path: "",
  query: undefined,
  headers: room,
  room,
  present: 0,
  contentType: undefined,
  cookie: undefined,
  userAgent: undefined,
  referer: undefined,
  route: undefined,
  isInspected: true,
  uninspected: undefined,
  body: undefined,
  unread: undefined,
  login: undefined,
  isHeld: true,
});

/** Tables of requests that are over, for others: most of what a request leaves to the collector of garbage would be these. */
const MOST_SPARE = 64;
const spare: HeldFacts[] = [];
let spares = 0;

const takeFacts = (): HeldFacts => {
  if (spares === 0) return createFacts(createHeaders());
  spares -= 1;
  return spare[spares];
};

/** When nobody asks for them any more. Hardly anything that the client sent is kept. */
export const releaseFacts = (over: Facts): void => {
  const facts = over as HeldFacts;
  if (!facts.isHeld || spares === MOST_SPARE) return;
  facts.isHeld = false;
  facts.path = "";
  facts.query = undefined;
  facts.cookie = undefined;
  facts.userAgent = undefined;
  facts.referer = undefined;
  facts.body = undefined;
  facts.login = undefined;
  facts.uninspected = undefined;
  facts.room = emptyHeaders(facts.room);
  facts.headers = facts.room;
  spare[spares] = facts;
  spares += 1;
};

const readRequestLine = (source: Source): Facts => {
  const variables = ngx.var;
  const target = variables.request_uri ?? "";
  const [mark] = find(target, "?", 1, true);
  const facts = takeFacts();
  facts.isHeld = true;
  facts.source = source;
  facts.method = variables.request_method ?? "";
  facts.path = mark === undefined ? target : sub(target, 1, mark - 1);
  facts.query = mark === undefined ? undefined : sub(target, mark + 1);
  facts.headers = readHeaders(facts.room);
  facts.present = presentHeaders();
  facts.route = kong.router.get_route();
  return facts;
};

const addHeaders = (facts: Facts): void => {
  const { headers } = facts;
  facts.contentType = join(headers["content-type"]);
  facts.cookie = join(headers.cookie);
  facts.userAgent = join(headers["user-agent"]);
  facts.referer = join(headers.referer);
};

export const readFacts = (instance: Instance, source: Source): Facts => {
  const facts = readRequestLine(source);
  facts.isInspected = isInspected(instance, source);
  const { payload, login } = instance.config;
  addHeaders(facts);
  const isLogin = login.enabled && isLoginRequest(instance, facts);
  const limit = payload.enabled && facts.isInspected ? payload.max_body_bytes : 0;
  const [body, unread] = readBody(facts, isLogin ? Math.max(limit, 8192) : limit);
  facts.body = body;
  facts.unread = unread;
  if (login.enabled) facts.login = isLogin ? readLogin(instance, facts, true) : readOtherLogin(instance, facts);
  return facts;
};
