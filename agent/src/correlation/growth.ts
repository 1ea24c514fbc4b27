import type { Incident } from "../store/incidents.ts";

const PAUSE_MS = 5_000;
/** Between looks at a small incident, whose next piece of evidence may be the one that was lacking. */
const LOOK_MS = 500;
const SCORE_STEP = 10;
/** Policies ask for so much evidence at most before they act; beyond it, twice as much tells something new. */
const SMALL_REQUESTS = 50;

/** Why a response has to be asked for (again); null when what was asked last still holds. */
export function growthOf(incident: Incident, before: Incident | null, now: number): string | null {
  if (before === null) return "new";
  if (before.status === "quiet") return "came back";
  if (before.mode !== incident.mode) return "now seen where it may be acted on";
  if (incident.score >= incident.asked_score + SCORE_STEP) return "a higher score";
  if (incident.counts.requests >= 2 * incident.asked_requests) return "twice as many requests";
  const gettingThrough = incident.counts.passed > before.counts.passed;
  if (gettingThrough && now - incident.asked_at >= PAUSE_MS) return "still getting through";
  return null;
}

/**
 * When to look once more although nothing has changed much, or null: of a small incident each piece of evidence may be the one that
 * a policy still lacked, and perhaps no more will come. At once, but at most two looks a second.
 */
export function laterLook({ counts, asked_at, asked_requests }: Incident, now: number): number | null {
  if (counts.requests <= asked_requests || counts.requests > SMALL_REQUESTS) return null;
  // One that waits already will see this evidence, too.
  return asked_at > now ? asked_at : Math.max(now, asked_at + LOOK_MS);
}
