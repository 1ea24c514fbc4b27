import { ANY_PLACE, createGenerator } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";
import type { Place } from "../places.ts";

/** Paths out of the folder, files and wrappers where a name is expected, files from elsewhere. */
export const traversal = createGenerator({
  class: "traversal",
  weight: 12,
  places: [...ANY_PLACE, ...Array<Place>(5).fill("path"), "filename", "filename"],
  disguises: [
    disguise.percentOnce,
    disguise.percentOnce,
    disguise.percentTwice,
    disguise.percentTwice,
    disguise.percentLetters,
    disguise.mixCase,
    disguise.unicodeEscapes,
    disguise.fullWidth,
    disguise.base64,
  ],
});
