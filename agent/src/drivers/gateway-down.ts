import type { Needed } from "../outage.ts";
import { AdminApiError, type AdminErrorCode } from "./admin-error.ts";

const DOWN: readonly AdminErrorCode[] = ["unreachable", "timeout", "broken", "unauthorized"];

export const GATEWAY: Needed = {
  isDown: (error) => error instanceof AdminApiError && DOWN.includes(error.code),
  name: "The gateway's Admin API",
  advice: (error) =>
    `decisions still reach the nodes, what needs it is tried again. ${(error as AdminApiError).remedy}`,
};
