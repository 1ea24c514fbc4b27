import { ANY_PLACE, createGenerator } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";
import type { Place } from "../places.ts";

/** Lookups that make a Java program load from elsewhere. */
export const jndi = createGenerator({
  class: "jndi",
  weight: 6,
  places: [
    ...ANY_PLACE,
    ...Array<Place>(8).fill("header"),
    ...Array<Place>(4).fill("user-agent"),
    "referer",
    "referer",
  ],
  disguises: [
    disguise.mixCase,
    disguise.percentOnce,
    disguise.percentTwice,
    disguise.unicodeEscapes,
    disguise.someProse,
    disguise.base64,
  ],
});
