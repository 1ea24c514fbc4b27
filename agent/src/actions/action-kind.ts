import type { z } from "zod";
import type { Change, Configuration } from "../drivers/gateway.ts";
import type { ResponseParts } from "../response-parts.ts";
import type { Action } from "../store/actions.ts";
import type { ActionType } from "../store/schema.ts";

/** What was done, as it is kept with the action. */
export interface Applied {
  entity_id: string | null;
  /** What the action took the place of, without secrets. */
  before_image: Record<string, unknown> | null;
  /** What was written through a driver. */
  changes?: Action["changes"];
}

/** What an action may hit beside the attack, least first. Policy says by it who has to agree. */
export const RISKS = ["source", "consumer", "route", "service", "global", "security_removing"] as const;
export type Risk = (typeof RISKS)[number];

/** What an action is aimed at; its target is taken from the incident. */
export const AIMS = ["source", "route", "service", "consumer", "credential", "gateway"] as const;
export type Aim = (typeof AIMS)[number];

/** What a pure declaration of changes may know of an action. */
export type PlannedChange = Pick<Action, "id" | "incident_id" | "type" | "target" | "params" | "expires_at" | "stage">;

/**
 * One kind of action. `apply` and `undo` may be run any number of times and end in the same state, since a crash between doing
 * and recording repeats them.
 */
export interface ActionKind {
  type: ActionType;
  needs: "feed" | "admin-api";
  /**
   * It can be in force in part: parameters `log` (1: only count) and `share` (of the client addresses) then come with its own, and
   * `apply` is run again when they change. Decisions all can.
   */
  staged?: boolean;
  risk: Risk;
  /** Of what a policy may give it under `params`, checked when the policy is read. Without it a policy cannot ask for the action by name. */
  params?: z.ZodType<Record<string, unknown>>;
  /** By default what `risk` says. */
  aim?: Aim;
  /** The bundled plugin it is made with. */
  plugin?: string;
  /** It ends by itself in the gateway, also when nobody is there to end it. */
  ends_itself: boolean;
  /**
   * What it would write to the gateway, read off its configuration; absent for what goes through the decision feed. Pure: the
   * preview replays traffic over these changes, and `apply` writes them. Nothing to write is an empty list. Throws `ActionRefused`.
   */
  changes?: (action: PlannedChange, configuration: Configuration, gateway: string) => Change[];
  /** Why what it was made from is not so any more, or null; it is withdrawn then. Absent for what does not depend on anything else. */
  outdated?: (action: Action, configuration: Configuration) => string | null;
  apply: (action: Action, parts: ResponseParts) => Promise<Applied>;
  undo: (action: Action, parts: ResponseParts) => Promise<void>;
  /** Why it is not in force, or null when it is. */
  verify: (action: Action, parts: ResponseParts) => Promise<string | null>;
}

/** It must not or cannot be done, nothing was changed, and trying again would not help. */
export class ActionRefused extends Error {
  override name = "ActionRefused";
}
