import { createGenerator } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";

/** Filters of directories and expressions over XML documents. */
export const ldap = createGenerator({
  class: "ldap",
  weight: 4,
  disguises: [
    disguise.percentOnce,
    disguise.percentTwice,
    disguise.mixCase,
    disguise.looseSpaces,
    disguise.unicodeEscapes,
    disguise.someProse,
  ],
});
