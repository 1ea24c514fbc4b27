import { counters, isShared } from "./counters.ts";
import { workerName } from "./node-identity.ts";

/** Elects one of a node's workers for what only one should do. Without a shared dictionary each worker does it for itself. */
const TERM_S = 1.5;

/** Whether this worker holds `role` now. Asking renews it for `TERM_S`: who stops asking, or dies, is succeeded after that. */
export function claimLeadership(role: string): boolean {
  if (!isShared) {
    return true;
  }
  const key = `L${role}`;
  const own = workerName();
  const [added] = counters.add(key, own, TERM_S);
  if (added) {
    return true;
  }
  const [holder] = counters.get(key);
  if (holder !== own) {
    return false;
  }
  counters.set(key, own, TERM_S);
  return true;
}
