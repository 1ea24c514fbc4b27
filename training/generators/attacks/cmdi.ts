import { createGenerator } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";

/** Commands of shells and code of scripting languages, on Unix and Windows. */
export const cmdi = createGenerator({
  class: "cmdi",
  weight: 14,
  disguises: [
    disguise.breakWords,
    disguise.breakWords,
    disguise.shellSpaces,
    disguise.shellSpaces,
    disguise.shellSpaces,
    disguise.percentOnce,
    disguise.percentTwice,
    disguise.base64,
    disguise.fullWidth,
    disguise.someProse,
    disguise.unicodeEscapes,
    disguise.htmlEntities,
  ],
});
