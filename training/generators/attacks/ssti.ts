import { createGenerator } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";

/** Expressions of template and expression languages, from probes to code. */
export const ssti = createGenerator({
  class: "ssti",
  weight: 10,
  disguises: [
    disguise.percentOnce,
    disguise.percentTwice,
    disguise.unicodeEscapes,
    disguise.hexEscapes,
    disguise.someProse,
    disguise.someProse,
    disguise.base64,
  ],
});
