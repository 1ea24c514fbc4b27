import { forLog } from "../redaction/index.ts";
import type { ResponseLog } from "../response-parts.ts";
import type { Channel } from "./channel.ts";
import type { Message } from "./message.ts";

/** Says it in the agent's own log, as one line for people and the whole message beside it. */
export function createLogChannel(log: ResponseLog): Channel {
  return {
    name: "log",
    async deliver(id, message) {
      log.info({ notification: id, type: message.type, ...message.data }, oneLine(message));
      return { done: true };
    },
  };
}

export function oneLine({ type, data }: Message): string {
  const parts = [
    `${type} ${data.incident.severity}`,
    `seen: ${data.seen}`,
    `decided: ${data.decided}`,
    `done: ${data.done.join(", ") || "nothing"}`,
  ];
  if (data.rollback !== undefined) parts.push(`rollback: ${data.rollback.status}, ${data.rollback.reason}`);
  if (data.effect !== null) parts.push(`effect: ${data.effect}`);
  if (data.expires !== null) parts.push(`expires: ${data.expires}`);
  return forLog(parts.join(" | "));
}
