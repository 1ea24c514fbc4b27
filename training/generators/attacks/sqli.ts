import { createGenerator } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";

/** SQL injection: union, boolean, error, time, stacked, inline and login forms of the usual databases. */
export const sqli = createGenerator({
  class: "sqli",
  weight: 16,
  disguises: [
    disguise.mixKeywords,
    disguise.mixKeywords,
    disguise.mixCase,
    disguise.upperCase,
    disguise.shoutKeywords,
    disguise.shoutKeywords,
    disguise.shoutKeywords,
    disguise.versionComments,
    disguise.doubledKeywords,
    disguise.sqlSpaces,
    disguise.sqlSpaces,
    disguise.sqlSpaces,
    disguise.looseSpaces,
    disguise.otherSpaces,
    disguise.sqlStrings,
    disguise.sqlStrings,
    disguise.operators,
    disguise.percentOnce,
    disguise.percentTwice,
    disguise.percentLetters,
    disguise.unicodeEscapes,
    disguise.base64,
    disguise.fullWidth,
    disguise.someProse,
  ],
});
