import type { Instance } from "./configure.ts";
import type { Decision } from "./decision-line.ts";
import type { Facts } from "./features/facts.ts";
import type { Source } from "./features/source.ts";
import type { Finding } from "./score.ts";
import type { Ruling } from "./verdict.ts";

/** A request as it came in, before anything of it was looked at. */
export interface Arrival {
  source: Source;
  /** The agent's decision about the address or the credential, and one that is only to be counted. */
  decision: Decision | undefined;
  logged: Decision | undefined;
  /** How many requests of the address this is in its current window; 0 where nothing is counted. */
  requests: number;
  /** Which instance has admitted it. */
  instance: Instance;
}

/** What later phases must know of earlier ones: Kong's table for this plugin and request. */
export interface Trace {
  arrival?: Arrival;
  facts?: Facts;
  /** What would send it another way, and does unless it only counts. */
  overlays?: Decision[];
  findings?: Finding[] | undefined;
  /** The ruling that counts, enforced or not. */
  ruling?: Ruling;
  /** This plugin ended the request: the answer is its own and no evidence of anything. */
  stopped?: boolean;
}

export const traceOf = (): Trace => (kong.ctx.plugin as Trace | undefined) ?? {};

/** Stopped, or allowed whatever else may be found. */
export const isSettled = (trace: Trace): boolean => trace.stopped === true || trace.ruling?.verdict === "allow";
