import { createGenerator } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";
import type { Place } from "../places.ts";

/** Objects of Java, PHP, Python, .NET, Ruby, YAML and JavaScript that run code when they are read. */
export const deserialization = createGenerator({
  class: "deserialization",
  weight: 8,
  places: [
    ...Array<Place>(6).fill("query-value"),
    ...Array<Place>(6).fill("cookie"),
    ...Array<Place>(4).fill("form"),
    ...Array<Place>(5).fill("text"),
    ...Array<Place>(3).fill("json"),
    "nested-json",
    "json-in-json",
    "multipart",
    "upload",
    "upload",
    "header",
    "xml",
  ],
  disguises: [disguise.percentOnce, disguise.base64, disguise.base64, disguise.someProse],
});
