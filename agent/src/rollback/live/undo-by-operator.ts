import { AdminApiError } from "../../drivers/index.ts";
import { AgentError } from "../../errors.ts";
import type { ResponseParts } from "../../response-parts.ts";
import { getRollback, type Rollback } from "../../store/rollbacks.ts";
import { settle } from "./settle.ts";
import { putInForceAgain } from "./undo.ts";

/** Puts the change in force again because somebody says so. When it cannot be, nothing is changed and it says why. */
export async function undoByOperator(parts: ResponseParts, id: string, by: string): Promise<Rollback> {
  const { db } = parts;
  const rollback = await getRollback(db, id);
  if (rollback === null) throw new AgentError("NOT_FOUND");
  if (rollback.status !== "verifying" && rollback.status !== "recovered")
    throw new AgentError("NOT_UNDOABLE", { status: rollback.status });
  const stopped = await parts.mayAct("end");
  if (stopped !== null) throw new AgentError("KILL_SWITCH_ON", { why: stopped });
  try {
    await putInForceAgain(parts, rollback);
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    const problem = `${error.message} (${error.remedy})`;
    throw new AgentError("GATEWAY_DOWN", { problem }, { cause: error });
  }
  // Settled by verification in the same moment: look again at what it is now.
  if (!(await settle(parts, rollback, "undone", `by ${by}`))) return undoByOperator(parts, id, by);
  return (await getRollback(db, id)) ?? rollback;
}
