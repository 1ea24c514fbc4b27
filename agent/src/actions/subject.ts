import { isIP } from "node:net";
import type { DecisionKind } from "../../../contract/decision-feed.ts";
import type { Action } from "../store/actions.ts";
import { ActionRefused } from "./action-kind.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const CREDENTIAL = /^[0-9a-f]{16}$/;

interface Subject {
  kind: Exclude<DecisionKind, "route">;
  value: string;
}

/** Whom an action is about, as the decision feed names them. Throws `ActionRefused`. */
export function subjectOf({ kind, value, consumer_id }: Action["target"]): Subject {
  if (consumer_id !== undefined && UUID.test(consumer_id)) return { kind: "consumer", value: consumer_id };
  if (value !== undefined && kind === "consumer" && UUID.test(value)) return { kind, value };
  if (value !== undefined && kind === "credential" && CREDENTIAL.test(value)) return { kind, value };
  if (value !== undefined && kind === "ip" && isIP(value.split("/")[0] ?? "") > 0) return { kind, value };
  throw new ActionRefused("neither an address nor a consumer's id nor a credential's hash is given");
}
