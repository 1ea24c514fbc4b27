/** The table and the verdict at the end. */
import { type Chapter, percent } from "./chapter.ts";
import { epochMs } from "./stack/agent-client.ts";
import type { Step } from "./steps.ts";
import { formatTable } from "./table.ts";
import { paint } from "./timeline.ts";

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
  "95 % stopped",
  "sent",
  "stopped",
  "at the end",
  "legitimate",
  "harmed",
];

export function printReport(chapters: readonly Chapter[], steps: readonly Step[]): void {
  const held = steps.filter((step) => step.held).length;
  const lines = steps.map((step) => {
    const mark = step.held ? paint("32", "held  ") : paint("1;31", "FAILED");
    return `  ${mark}  ${step.name.padEnd(56)}  ${step.seen}`;
  });
  process.stdout.write(`\n${paint("1", "What was measured")}\n\n${formatTable([HEAD, ...chapters.map(row)])}\n\n`);
  process.stdout.write(
    "  Times run from the first request of the attack: until the gateway stopped one, the agent had an incident,\n",
  );
  process.stdout.write("  its action was on, and from when on at least 95 % were stopped.\n");
  process.stdout.write(`\n${lines.join("\n")}\n\n${held} of ${steps.length} steps held\n`);
}
