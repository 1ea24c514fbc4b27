import { createGenerator } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";

/** Script injection: tags, event handlers, URIs, breaking out of attributes, strings and templates, in browsers and frameworks. */
export const xss = createGenerator({
  class: "xss",
  weight: 16,
  disguises: [
    disguise.mixCase,
    disguise.mixCase,
    disguise.upperCase,
    disguise.tabs,
    disguise.tabs,
    disguise.htmlEntities,
    disguise.namedEntities,
    disguise.unicodeEscapes,
    disguise.unicodeEscapes,
    disguise.hexEscapes,
    disguise.percentOnce,
    disguise.percentTwice,
    disguise.percentLetters,
    disguise.nullBytes,
    disguise.base64,
    disguise.fullWidth,
    disguise.someProse,
    disguise.someProse,
  ],
});
