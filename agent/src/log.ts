import pino from "pino";
import { forLog, redact, redactText } from "./redaction/index.ts";

export type Log = pino.Logger;

/** JSON lines, one outlet for the whole agent: nothing leaves it unredacted, and no line can drive a terminal. */
export function createLog(level: string, write: (line: string) => void = (line) => process.stdout.write(line)): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      hooks: {
        logMethod(args, method) {
          const safe = args.map((arg) => (typeof arg === "string" ? forLog(redactText(arg)) : arg));
          method.apply(this, safe as Parameters<typeof method>);
        },
      },
    },
    { write: (line: string) => write(escapeUnseen(line)) },
  );
}

function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  const { err, ...others } = fields;
  if (err instanceof Error) return redact({ ...others, err: pino.stdSerializers.err(err) }) as Record<string, unknown>;
  return redact(fields) as Record<string, unknown>;
}

/** JSON leaves everything from DEL upwards as it is; terminals do not. */
function escapeUnseen(line: string): string {
  return line.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
