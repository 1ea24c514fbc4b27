import type { Instance } from "../configure.ts";
import type { Facts } from "../features/facts.ts";
import type { Finding } from "../score.ts";

/** All detectors in order; nil where none found anything, which is nearly always. */
export const detect = (_instance: Instance, _facts: Facts): Finding | undefined => undefined;
