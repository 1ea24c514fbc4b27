import type { Category } from "../../../contract/categories.ts";
import { counted } from "../counted.ts";
import type { Incident } from "../store/incidents.ts";
import type { IncidentClassification, Severity } from "../store/schema.ts";

/** What the rules say of one category; the numbers are explained in the reasons. */
interface Judgement {
  severity: Severity;
  confidence: number;
  reasons: string[];
}

/** Always there, with or without Claude. Pure. */
export function classifyByRules(incident: Incident): IncidentClassification {
  const judgement = JUDGES[incident.category](incident);
  return {
    by: "rules",
    category: incident.category,
    class: incident.class,
    severity: judgement.severity,
    confidence: lessGoodTraffic(judgement, incident),
    reasons: judgement.reasons,
  };
}

/** Share of the requests behind the subject that were clean and succeeded. */
export function goodShare(good: number, bad: number): number {
  return good + bad > 0 ? good / (good + bad) : 0;
}

function lessGoodTraffic(judgement: Judgement, incident: Incident): number {
  const { good, requests } = incident.counts;
  const share = goodShare(good, requests);
  if (good > 0) judgement.reasons.push(`${counted(good, "good request")} came from the same place (${percent(share)})`);
  return round(judgement.confidence - share * 0.3);
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
const round = (confidence: number) => Math.round(Math.min(0.99, Math.max(0.05, confidence)) * 100) / 100;
const add = (condition: boolean, weight: number) => (condition ? weight : 0);

/** What runs on the server when it works. */
const EXECUTES = new Set(["sqli", "cmdi", "jndi", "deserialization", "xxe", "ssti", "traversal"]);

function judgeInjection({ counts, score, class: payloadClass }: Incident): Judgement {
  const executes = payloadClass !== null && EXECUTES.has(payloadClass);
  const confidence = 0.2 + score / 200 + add(counts.requests >= 3, 0.1) + add(counts.requests >= 10, 0.15);
  const reasons = [
    `${counted(counts.requests, "request")} with ${payloadClass ?? "injection"} payloads, highest score ${score}`,
    passedOrStopped(counts),
  ];
  if (score < 40) return { severity: "low", confidence, reasons };
  if (counts.passed >= 3 && executes) return { severity: "critical", confidence, reasons };
  if (counts.passed > 0 || counts.requests >= 20) return { severity: "high", confidence, reasons };
  return { severity: "medium", confidence, reasons };
}

/** The gateway only flags a success that may be a thief's: what it stops for a user scores as high as a block. */
const FLAGGED_ONLY = 70;

/** Worth a look, and no reason to act against anybody: an owner on a new device looks the same. */
function judgeTakeover({ counts, reasons }: Incident): Judgement {
  const text = [`${counted(counts.requests, "login")} of one user that may be somebody else's`, ...reasons.slice(0, 3)];
  return { severity: "high", confidence: 0.5, reasons: text };
}

function judgeStuffing(incident: Incident): Judgement {
  const { counts, subject_kind, score } = incident;
  if (subject_kind === "user" && score < FLAGGED_ONLY) return judgeTakeover(incident);
  const tried = Math.max(1, counts.passed);
  const failed = Math.min(1, counts.failures / tried);
  const many = counts.distinct_users >= 10 || counts.distinct_ips >= 10;
  const confidence =
    0.35 +
    add(many, 0.25) +
    add(failed >= 0.8, 0.15) +
    add(counts.failures >= 20, 0.15) +
    add(counts.distinct_ips >= 10, 0.05);
  const reasons = [
    `${counted(counts.requests, "login attempt")} of ${counted(counts.distinct_users, "user")} from ${counted(counts.distinct_ips, "address")}`,
    `${counts.failures} failed (${percent(failed)} of those that reached the login)`,
  ];
  if (counts.distinct_users >= 100 || counts.distinct_ips >= 20 || counts.requests >= 500)
    return { severity: "critical", confidence, reasons };
  if (counts.distinct_users >= 20 || counts.requests >= 50) return { severity: "high", confidence, reasons };
  return { severity: many || counts.requests >= 10 ? "medium" : "low", confidence, reasons };
}

function judgeFlood({ counts, score, sources, subject_kind }: Incident): Judgement {
  const confidence = 0.3 + score / 250 + add(counts.requests >= 100, 0.15) + add(counts.requests >= 1_000, 0.1);
  const from =
    subject_kind === "ip" ? "one address" : counted(Math.max(counts.distinct_ips, sources.length), "address");
  const reasons = [`${counted(counts.requests, "request")} above the usual rate from ${from}`, passedOrStopped(counts)];
  if (counts.passed >= 10_000) return { severity: "critical", confidence, reasons };
  if (counts.requests >= 1_000) return { severity: "high", confidence, reasons };
  return { severity: counts.requests >= 50 ? "medium" : "low", confidence, reasons };
}

function judgeOther({ counts, score, category, reasons }: Incident): Judgement {
  const text = [
    `${counted(counts.requests, "request")} of the kind ${category.replaceAll("_", " ")}`,
    ...reasons.slice(0, 3),
  ];
  const severity: Severity = counts.requests >= 1_000 ? "high" : counts.requests >= 100 ? "medium" : "low";
  return { severity, confidence: 0.3 + score / 250, reasons: text };
}

function passedOrStopped({ passed, stopped }: Incident["counts"]): string {
  return `${passed} reached the service, ${stopped} ${stopped === 1 ? "was" : "were"} stopped by the gateway`;
}

const JUDGES: Record<Category, (incident: Incident) => Judgement> = {
  payload_injection: judgeInjection,
  credential_stuffing: judgeStuffing,
  api_ddos: judgeFlood,
  abuse: judgeOther,
  route_misconfig: judgeOther,
  mass_error: judgeOther,
  client_anomaly: judgeOther,
};
