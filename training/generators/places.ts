/** The places of a request a value can stand in; each writer puts it there as some client would. */
import type { Random } from "../../demo/random.ts";
import type { Draft } from "../request.ts";
import * as bodies from "./bodies.ts";
import { among, post, type Writer } from "./bodies.ts";
import { parameterName, plainDraft, plainPairs, plainValue, word } from "./frame.ts";
import { characters } from "./grammar.ts";
import { cookieValue, encodePath, formEncode, headerValue, pickQueryEncoder } from "./wire.ts";

const inQueryValue: Writer = (random, draft, value) => {
  const encode = pickQueryEncoder(random);
  draft.query = among(random, plainPairs(random, 4), `${encode(parameterName(random))}=${encode(value)}`).join("&");
};

const inQueryName: Writer = (random, draft, value) => {
  const encode = pickQueryEncoder(random);
  const name = encode(value).replaceAll("=", "%3D");
  draft.query = among(
    random,
    plainPairs(random, 2),
    random.chance(0.5) ? name : `${name}=${encode(plainValue(random))}`,
  ).join("&");
};

const inWholeQuery: Writer = (random, draft, value) => {
  draft.query = pickQueryEncoder(random)(value);
};

const inForm: Writer = (random, draft, value) => {
  const encode = random.chance(0.7) ? formEncode : pickQueryEncoder(random);
  const pair = `${formEncode(parameterName(random))}=${encode(value)}`;
  post(random, draft, "application/x-www-form-urlencoded", among(random, plainPairs(random, 5), pair).join("&"));
};

const inFormName: Writer = (random, draft, value) => {
  const pair = `${formEncode(value)}=${formEncode(plainValue(random))}`;
  post(random, draft, "application/x-www-form-urlencoded", among(random, plainPairs(random, 3), pair).join("&"));
};

const inCookie: Writer = (random, draft, value) => {
  const others = [`sid=${characters(random, "h", 16, 32)}`, `lang=${random.pick(["en", "de"])}`].slice(
    0,
    random.between(0, 2),
  );
  draft.headers.Cookie = among(random, others, `${word(random)}=${cookieValue(random, value)}`).join("; ");
};

const inAgent: Writer = (random, draft, value) => {
  const text = headerValue(value);
  draft.headers["User-Agent"] = random.chance(0.5)
    ? text
    : `${draft.headers["User-Agent"]}${random.pick(["", " ", "'"])}${text}`;
};

const inReferer: Writer = (random, draft, value) => {
  const text = headerValue(value);
  draft.headers.Referer = random.chance(0.5)
    ? text
    : `https://${draft.headers.Host}/${word(random)}?${word(random)}=${pickQueryEncoder(random)(value)}`;
};

const HEADERS = [
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Api-Version",
  "Accept-Language",
  "X-Real-IP",
  "Origin",
  "X-Client-Id",
  "Authorization",
  "X-Custom",
  "True-Client-IP",
  "If-None-Match",
  "Accept",
  "From",
  "X-Wap-Profile",
  "Via",
  "X-Originating-IP",
  "Forwarded",
  "X-Request-Id",
  "X-Tenant",
];

const inHeader: Writer = (random, draft, value) => {
  draft.headers[random.pick(HEADERS)] = headerValue(value);
};

const inSegment: Writer = (random, draft, value) => {
  const tail = random.chance(0.3) ? `/${word(random)}` : "";
  draft.path = `/${word(random)}s/${encodePath(random, value)}${tail}`;
};

export const PLACES = {
  "query-value": inQueryValue,
  "query-name": inQueryName,
  "whole-query": inWholeQuery,
  form: inForm,
  "form-name": inFormName,
  json: bodies.inJson,
  "json-name": bodies.inJsonName,
  "nested-json": bodies.inNestedJson,
  "json-in-json": bodies.inJsonInJson,
  xml: bodies.inXml,
  "xml-attribute": bodies.inXmlAttribute,
  multipart: bodies.inMultipart,
  filename: bodies.inFilename,
  upload: bodies.inUploadedText,
  cookie: inCookie,
  "user-agent": inAgent,
  referer: inReferer,
  header: inHeader,
  path: inSegment,
  text: bodies.inText,
  graphql: bodies.inGraphql,
} satisfies Record<string, Writer>;

export type Place = keyof typeof PLACES;

/** A harmless request with the value at that place. */
export function placeValue(random: Random, place: Place, value: string): Draft {
  const draft = plainDraft(random);
  PLACES[place](random, draft, value);
  return draft;
}
