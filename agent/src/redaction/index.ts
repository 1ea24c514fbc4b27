export { forCsv, forHtml, forJson, forLog, forMarkdown, forSlack, forTerminal } from "./outlets.ts";
export { redact, redactText } from "./redact.ts";
