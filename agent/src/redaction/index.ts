export { holdsSecret } from "./kinds.ts";
export { forJson, forLog, forTerminal } from "./outlets.ts";
export { redact, redactText } from "./redact.ts";
