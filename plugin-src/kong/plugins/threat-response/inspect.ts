import type { Instance } from "./configure.ts";
import { detect } from "./detectors/index.ts";
import { clearForgedHeader, enforce, type Trace } from "./enforce.ts";
import { readFacts } from "./features/facts.ts";
import { readSource } from "./features/source.ts";
import { ruleFinding } from "./verdict.ts";

/** Before routing, for a global instance only. */
export const inspectRewrite = (_instance: Instance): void => {};

/** What stops single requests. */
export const inspectAccess = (instance: Instance): void => {
  const trace = kong.ctx.plugin as Trace;
  clearForgedHeader();
  const facts = readFacts(readSource());
  const finding = detect(instance, facts);
  if (finding !== undefined) enforce(instance, trace, ruleFinding(finding, instance.config.thresholds, 1));
};

/** After the answer, whoever gave it. */
export const inspectLog = (_instance: Instance): void => {};
