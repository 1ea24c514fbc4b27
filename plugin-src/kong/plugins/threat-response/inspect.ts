import { admit } from "./admission.ts";
import {
  countLoggedNarrow,
  countLoggedPlain,
  ruleNarrowDecision,
  ruleRouteDecision,
  ruleUnroutedDecision,
} from "./apply-decision.ts";
import type { Instance } from "./configure.ts";
import { lookup } from "./decisions.ts";
import { detectAfterwards } from "./detectors/afterwards.ts";
import { countRequest } from "./detectors/flood.ts";
import { detect } from "./detectors/index.ts";
import { clearForged, enforce, enforceEarly } from "./enforce.ts";
import { explain } from "./explain.ts";
import { readFacts, releaseFacts } from "./features/facts.ts";
import { readSource } from "./features/source.ts";
import { learnFrom } from "./learn.ts";
import { readOutcome } from "./outcome.ts";
import { clearOverlay, enterOverlays, leaveOverlays, noteOverlays, seeThroughOverlay } from "./overlay.ts";
import { reportOutcome } from "./report-outcome.ts";
import { addArrival } from "./route-rate.ts";
import { type Arrival, isSettled, type Trace, traceOf } from "./trace.ts";
import { noteUninspected, ruleUninspected } from "./uninspected.ts";
import { ruleFindings } from "./verdict.ts";

/** Who is it, what has the agent decided about them, how often do they come? */
const arrive = (instance: Instance, trace: Trace): Arrival => {
  const source = readSource(instance);
  const [decision, logged] = lookup(instance, source);
  noteOverlays(trace);
  const arrival = { source, decision, logged, requests: countRequest(instance, source), instance };
  trace.arrival = arrival;
  const ruling = admit(instance, arrival);
  if (ruling?.verdict !== "allow") countLoggedPlain(source, logged);
  enforceEarly(instance, trace, ruling);
  return arrival;
};

/** Before routing, for a global instance only: what can be said by the address alone. */
export const inspectRewrite = (instance: Instance): void => {
  clearOverlay();
  const trace = traceOf();
  const { source } = arrive(instance, trace);
  if (!isSettled(trace)) enforceEarly(instance, trace, ruleUnroutedDecision(instance, source));
  if (!isSettled(trace)) enforceEarly(instance, trace, enterOverlays(instance, trace));
};

/** What stops single requests. */
export const inspectAccess = (instance: Instance): void => {
  const trace = traceOf();
  leaveOverlays(trace);
  const arrival = trace.arrival ?? arrive(instance, trace);
  // A narrower instance than the global one has its own mode, lists and record of the source.
  if (arrival.instance !== instance && !isSettled(trace)) enforceEarly(instance, trace, admit(instance, arrival));
  if (isSettled(trace)) return;
  const facts = readFacts(instance, arrival.source);
  trace.facts = facts;
  seeThroughOverlay(trace, facts);
  clearForged(trace, facts.headers);
  addArrival(instance, facts.route?.id ?? "", arrival.source.key);
  const findings = detect(instance, facts, arrival.requests);
  if (findings !== undefined) trace.findings = findings;
  noteUninspected(facts);
  countLoggedNarrow(facts, arrival.logged);
  enforce(instance, trace, ruleNarrowDecision(facts, arrival.decision));
  if (!isSettled(trace)) enforce(instance, trace, ruleRouteDecision(instance, facts));
  if (!isSettled(trace)) enforce(instance, trace, ruleFindings(findings, instance.config));
  if (!isSettled(trace)) enforce(instance, trace, ruleFindings(findings, instance.config, true));
  if (!isSettled(trace)) enforce(instance, trace, ruleUninspected(instance.config, facts));
};

/** After the answer, whoever gave it. */
export const inspectLog = (instance: Instance): void => {
  const trace = traceOf();
  const outcome = readOutcome(instance, trace);
  detectAfterwards(instance, outcome);
  explain(outcome, instance.enforce);
  learnFrom(instance, outcome);
  reportOutcome(instance, outcome);
  if (trace.facts !== undefined) releaseFacts(trace.facts);
};
