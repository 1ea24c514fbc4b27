import { forSlack } from "../redaction/outlets.ts";
import type { Message } from "./message.ts";

/** What Block Kit takes at most, in characters; escaping counts. */
const MOST_HEADER = 150;
const MOST_SECTION = 3_000;
const MOST_FALLBACK = 3_000;
const MOST_LINE = 300;
const MOST_LINES = 8;

interface SlackBlock {
  type: "header" | "section" | "context";
  [member: string]: unknown;
}

/** What is shown where blocks are not, and the blocks: what happened, why, what was done, the proof, and where to go on. Pure. */
export function slackMessage({ type, data }: Message): { text: string; blocks: SlackBlock[] } {
  const { incident, rollback, seen, decided, done, effect, why } = data;
  const headline = `${incident.severity.toUpperCase()} ${incident.category.replaceAll("_", " ")} on ${data.gateway}: ${type.replace(".", " ")}`;
  const sections = [
    section("Seen", [seen, incident.subject]),
    section("Decided", [decided]),
    rollback === undefined
      ? section("Why", why)
      : section("Culprit", rollback.culprit.length > 0 ? rollback.culprit : [rollback.reason]),
    section("Done", done.length > 0 ? done : ["nothing"]),
    section("Effect", effect === null ? [] : [effect]),
    section("Proof", [rollback?.proof]),
    section("Commit and revert", [rollback?.commit, rollback?.pull_request]),
    section("To undo", data.undo, (line) => `\`${line.replaceAll("`", "'")}\``),
  ];
  return {
    text: cut(forSlack(`${headline}. ${rollback?.reason ?? decided}`), MOST_FALLBACK),
    blocks: [
      { type: "header", text: { type: "plain_text", text: cut(headline, MOST_HEADER), emoji: false } },
      ...sections.flatMap((one) => one ?? []),
      { type: "context", elements: [{ type: "mrkdwn", text: cut(forSlack(`Incident ${incident.id}`), MOST_LINE) }] },
    ],
  };
}

function section(
  title: string,
  lines: readonly (string | null | undefined)[],
  style: (escaped: string) => string = (escaped) => `• ${escaped}`,
): SlackBlock | null {
  const shown = lines.flatMap((line) => line || []);
  if (shown.length === 0) return null;
  const escaped = shown.slice(0, MOST_LINES).map((line) => style(cut(forSlack(line.slice(0, MOST_LINE)), MOST_LINE)));
  if (shown.length > MOST_LINES) escaped.push(`and ${shown.length - MOST_LINES} more`);
  return { type: "section", text: { type: "mrkdwn", text: cut([`*${title}*`, ...escaped].join("\n"), MOST_SECTION) } };
}

/** Never through an entity such as `&amp;`, nor through a surrogate pair. */
const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/&\w{0,4}$|[\ud800-\udbff]$/, "")}…`;
