import { forMarkdown } from "../redaction/outlets.ts";
import type { ChangeReplay, ReplayVerdict, RouteImpact } from "./replay-change.ts";

const HEADLINES: Record<ReplayVerdict, string> = {
  breaks: "This change would break what works now",
  changes: "This change does something to recorded requests",
  harmless: "No recorded request would be answered otherwise",
  unknown: "There is no recorded traffic to tell by",
};

/** As a comment for a pull request; whatever comes from files or requests is made safe. */
export function replayMarkdown({ verdict, ...replay }: ChangeReplay): string {
  const { records, requests, entities, routes, security_removed, notes } = replay;
  const lines = [
    `**${HEADLINES[verdict]}** (${records} recorded requests that stand for ${requests} legitimate ones, of the last ten minutes)`,
    ...routes.flatMap((impact) => [`- ${lineFor(impact)}`, ...examplesOf(impact)]),
    ...security_removed.map((loss) => `- takes protection away: ${forMarkdown(loss)}`),
  ];
  if (entities.length > 0) lines.push("", `It ${entities.map(forMarkdown).join(", ")}.`);
  lines.push(...notes.map((note) => `\nNote: ${forMarkdown(note)}`));
  return lines.join("\n");
}

/** `would answer 503 (request-termination) on 100 % of echo-route` */
function lineFor({ route, effect, status, by, requests, of, share, is_few }: RouteImpact): string {
  const part = `${percent(share)} of ${forMarkdown(route)}: ${requests} of ${of} requests`;
  const few = is_few ? " (few records, so no verdict)" : "";
  if (effect === "sent elsewhere") return `would be sent elsewhere, ${part}${few}`;
  const answer = `${status ?? "an error"} (${forMarkdown(by ?? "gateway")})`;
  return effect === "refused"
    ? `would answer ${answer} on ${part}${few}`
    : `would no longer answer ${answer} on ${part}`;
}

const examplesOf = ({ examples = [] }: RouteImpact) =>
  examples.map(({ method, path }) => `  - ${forMarkdown(`${method} ${path}`)}`);

function percent(share: number): string {
  const tenths = Math.round(share * 1000) / 10;
  return `${tenths === 100 && share < 1 ? 99.9 : tenths} %`;
}
