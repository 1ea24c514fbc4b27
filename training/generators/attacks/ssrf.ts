import { createGenerator } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";
import type { Place } from "../places.ts";

/** Addresses that make the server itself fetch from inside, or tell an outside host that it did. */
export const ssrf = createGenerator({
  class: "ssrf",
  weight: 9,
  places: [
    ...Array<Place>(12).fill("query-value"),
    ...Array<Place>(5).fill("json"),
    ...Array<Place>(4).fill("form"),
    ...Array<Place>(2).fill("nested-json"),
    "xml",
    "xml-attribute",
    "multipart",
    "header",
    "header",
    "referer",
    "cookie",
    "graphql",
    "json-in-json",
    "path",
  ],
  disguises: [
    disguise.mixCase,
    disguise.percentOnce,
    disguise.percentTwice,
    disguise.fullWidth,
    disguise.base64,
    disguise.percentLetters,
  ],
});
