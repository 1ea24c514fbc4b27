import { createGenerator } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";
import type { Place } from "../places.ts";

/** Line breaks that begin a header, a response, a request, a log line or a mail header of the attacker's. */
export const crlf = createGenerator({
  class: "crlf",
  weight: 5,
  places: [
    ...Array<Place>(10).fill("query-value"),
    ...Array<Place>(4).fill("path"),
    ...Array<Place>(3).fill("form"),
    ...Array<Place>(2).fill("cookie"),
    "query-name",
    "whole-query",
    ...Array<Place>(5).fill("json"),
    "multipart",
    "header",
    "referer",
    "user-agent",
  ],
  disguises: [disguise.percentOnce, disguise.percentOnce, disguise.percentTwice, disguise.mixCase],
});
