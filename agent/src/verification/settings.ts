/** What verification goes by, in one place. Milliseconds unless named otherwise. */

/** Keyed by the incident: measures its actions, and does what follows from that. */
export const VERIFY_JOB = "action-verify";

/** One evaluation window. */
export const WINDOW_MS = 11_000;
/** Gateways poll and configurations spread before an action is in force. */
export const SETTLING_MS = 2_000;
/** Reports come a little after what they count. */
const REPORTING_MS = 1_500;
/** From applying to the first measurement. */
export const VERIFY_AFTER_MS = WINDOW_MS + REPORTING_MS;
/** Between measurements once an action has proved itself. */
export const CALM_EVERY_MS = 30_000;
/** Actions of one response are measured together. */
export const SOON_MS = 3_000;
/** What is compared with, before the action. */
export const BEFORE_MS = 30_000;
export const SHORTEST_BEFORE_MS = 5_000;
/** What was usual, before the incident. */
export const USUAL_MS = 600_000;
/** Longest stretch that one measurement looks back on. */
export const LOOK_BACK_MS = 60_000;

/** An action that did not help in so many windows is undone. */
export const USELESS_WINDOWS = 2;
/** Of the client addresses that an action is about, while it is tried. */
export const CANARY_SHARE = 0.25;
/** Of fewer addresses there is no share. */
export const CANARY_SOURCES = 4;

/** Of its time to live, before the first probe. */
export const PROBE_AFTER_SHARE = 0.5;
export const PROBE_AFTER_MS = 60_000;
/** Of the client addresses, that are still stopped while an action is probed; a single one may send a little. */
export const PROBE_SHARE = 0.95;
export const PROBE_RPS = 1;
/** The attack is back when so many of its requests got through, and at such a share of the former rate. */
export const PROBE_EVIDENCE = 3;
export const PROBE_EVIDENCE_SHARE = 0.1;
/** So many windows without evidence, with traffic, end it early; so many without any traffic prove nothing. */
export const PROBE_WINDOWS = 2;
export const PROBE_GIVE_UP_WINDOWS = 4;

/** Applied so often within a day, a mitigation is proposed as a permanent change. */
export const PERMANENT_AFTER = 3;
