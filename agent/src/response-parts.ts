import type { Advisor } from "./classification/advisor.ts";
import type { GatewayDriver } from "./drivers/index.ts";
import type { Channel } from "./notification/channel.ts";
import type { MayAct, Policy, Review } from "./policy/index.ts";
import type { Db } from "./store/db.ts";

export interface ResponseLog {
  info(data: object, text: string): void;
  warn(data: object, text: string): void;
}

/** What the steps of the response work with. Built once; holds no state of an incident. */
export interface ResponseParts {
  db: Db;
  gateway: string;
  /** From the environment; beats the policy. */
  dryRun: boolean;
  policy: () => Policy;
  /** Asked before every write to the gateway or its feed. */
  mayAct: MayAct;
  /** Looks at a plan before it is recorded; without one, plans stand as decided. */
  review?: Review;
  /** Null when no Admin API is configured: then only decisions work. */
  driver: GatewayDriver | null;
  /** Null without an API key. */
  advisor: Advisor | null;
  channels: readonly Channel[];
  /** Of this agent, for the lines that say how to undo. */
  publicUrl: string;
  log: ResponseLog;
  /** After a commit that enqueued jobs. */
  wake: () => void;
  now: () => number;
}

export const isDryRun = (parts: ResponseParts): boolean => parts.dryRun || parts.policy().document.dry_run;
