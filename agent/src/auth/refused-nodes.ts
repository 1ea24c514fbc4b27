import type { IncomingHttpHeaders } from "node:http";
import { HEADER_KEY, HEADER_NODE } from "../../../contract/ingest.ts";
import type { AgentError, ErrorCode } from "../errors.ts";

const QUIET_MS = 60_000;
const SHOWN = 64;

interface Log {
  warn(fields: object, message: string): void;
}

/** A gateway that is refused asks again each second, and who looks after the agent does not see its log: each reason is told once a minute at most. */
export class RefusedNodes {
  readonly #said = new Map<ErrorCode, { at: number; held: number }>();

  tell(log: Log, headers: IncomingHttpHeaders, { code, message, remedy }: AgentError, now = Date.now()): void {
    const last = this.#said.get(code);
    if (last !== undefined && now - last.at < QUIET_MS) {
      last.held += 1;
      return;
    }
    this.#said.set(code, { at: now, held: 0 });
    const shown = (name: string) => String(headers[name] ?? "").slice(0, SHOWN);
    const fields = { code, node: shown(HEADER_NODE), key_id: shown(HEADER_KEY), held: last?.held ?? 0 };
    log.warn(fields, `A gateway was refused: ${message} ${remedy}`);
  }
}
