/** The table and the verdict at the end. */
import { forTerminal } from "../agent/src/redaction/index.ts";
import { type Chapter, percent } from "./chapter.ts";
import { type Entry, isHarmed } from "./ledger.ts";
import { epochMs } from "./stack/agent-client.ts";
import type { Step } from "./steps.ts";
import type { Story } from "./story.ts";
import { formatTable } from "./table.ts";
import { clock, paint } from "./timeline.ts";

const seconds = (ms: number | undefined) =>
  ms === undefined || !Number.isFinite(ms) ? "never" : `${(Math.max(0, ms) / 1000).toFixed(1)} s`;

function row({ attack, from, figures, incidents, actions }: Chapter): string[] {
  const seen = Math.min(...incidents.map((incident) => epochMs(incident.opened_at)));
  const acted = Math.min(...actions.map((action) => epochMs(action.applied_at) ?? Number.POSITIVE_INFINITY));
  return [
    attack.name,
    seconds(figures.firstStop),
    seconds(seen - from),
    seconds(acted - from),
    seconds(figures.mitigated),
    String(figures.sent),
    percent(figures.stopped, figures.sent),
    percent(figures.stoppedAtTheEnd, 1),
    String(figures.legitimateSent),
    String(figures.legitimateHarmed),
  ];
}

const HEAD = [
  "attack",
  "first stop",
  "incident",
  "action",
  "mitigated",
  "sent",
  "stopped",
  "at the end",
  "legitimate",
  "harmed",
];

/** Who was harmed, one line each; the first ten. */
function harmedLines(legitimate: readonly Entry[], startedAt: number): string[] {
  const harmed = legitimate.filter(isHarmed);
  const lines = harmed.slice(0, 10).map(({ sentAt, status, spec }) => {
    const target = forTerminal(spec.target.slice(0, 60));
    return `    ${clock(sentAt - startedAt)}  ${spec.method} ${target} from ${spec.from}: ${status} instead of ${spec.expect}`;
  });
  const rest = harmed.length - lines.length;
  return harmed.length === 0
    ? []
    : ["  Legitimate requests harmed:", ...lines, ...(rest > 0 ? [`    and ${rest} more`] : []), ""];
}

export function printReport(story: Story, steps: readonly Step[], startedAt: number): void {
  const held = steps.filter((step) => step.held).length;
  const lines = steps.map((step) => {
    const mark = step.held ? paint("32", "held  ") : paint("1;31", "FAILED");
    return `  ${mark}  ${step.name.padEnd(56)}  ${step.seen}`;
  });
  process.stdout.write(
    `\n${paint("1", "What was measured")}\n\n${formatTable([HEAD, ...story.chapters.map(row)])}\n\n`,
  );
  process.stdout.write(
    "  Times run from the first request of the attack: until the gateway stopped one, the agent had an incident,\n",
  );
  process.stdout.write(
    "  its first action was on, and from when on at least nine of ten were stopped in any two seconds.\n",
  );
  process.stdout.write(["", ...harmedLines(story.legitimate, startedAt), ""].join("\n"));
  process.stdout.write(`${lines.join("\n")}\n\n${held} of ${steps.length} steps held\n`);
}
