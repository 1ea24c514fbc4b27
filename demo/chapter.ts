/** One attack: played, watched and measured. */
import type { Attack } from "./attacks/attack.ts";
import { isHarmed, isStopped, type Ledger } from "./ledger.ts";
import { LEGITIMATE } from "./legitimate.ts";
import { type Figures, measure, share } from "./measure.ts";
import { play } from "./player.ts";
import { seeded } from "./random.ts";
import { type ActionView, epochMs, type IncidentView } from "./stack/agent-client.ts";
import type { Stack } from "./stack/index.ts";
import type { Timeline } from "./timeline.ts";
import type { Watch } from "./watch.ts";

/** When an attack was played, in epoch milliseconds. */
export interface Played {
  attack: Attack;
  from: number;
  to: number;
}

export interface Chapter extends Played {
  figures: Figures;
  incidents: IncidentView[];
  actions: ActionView[];
}

/** How long after an attack its incidents may still be opened, and legitimate requests still count as being in its time. */
const AFTERMATH_S = 5;

export function percent(part: number, whole: number): string {
  return `${(share(part, whole) * 100).toFixed(1)} %`;
}

function sayFlow(timeline: Timeline, ledger: Ledger, attack: Attack, since: number): void {
  const bad = ledger.entries(attack.name).filter((entry) => entry.sentAt >= since);
  const good = ledger.entries(LEGITIMATE).filter((entry) => entry.sentAt >= since);
  const stopped = `${percent(bad.filter(isStopped).length, bad.length)} of ${bad.length} attack requests stopped`;
  timeline.say("measured", `${stopped}; ${good.filter(isHarmed).length} of ${good.length} legitimate ones harmed`);
}

/** Says once when the gateway has stopped a request of the attack, before anybody was asked. */
function firstStop(timeline: Timeline, ledger: Ledger, attack: Attack, from: number): () => void {
  let said = false;
  return () => {
    const first = said ? undefined : ledger.entries(attack.name).find(isStopped);
    if (!first) return;
    said = true;
    const seconds = ((first.sentAt - from) / 1000).toFixed(1);
    timeline.say(
      "stopped",
      `the gateway answers ${first.status} for the first time, ${seconds} s into the attack`,
      first.sentAt,
    );
  };
}

export async function playChapter(
  stack: Stack,
  timeline: Timeline,
  watch: Watch,
  ledger: Ledger,
  attack: Attack,
): Promise<Played> {
  const random = seeded(stack.seed * 31 + attack.perSecond);
  timeline.heading(attack.title);
  const { length } = attack.sources;
  timeline.say("attack", `begins: ${length} addresses, ${attack.perSecond} requests a second for ${attack.seconds} s`);
  const from = Date.now();
  const next = () => attack.next(random, { accounts: stack.accounts });
  const playing = play({ name: attack.name, perSecond: attack.perSecond, next }, ledger, random);
  let since = from;
  watch.turnPage();
  await watch.seconds(attack.seconds, {
    often: firstStop(timeline, ledger, attack, from),
    regularly: () => {
      sayFlow(timeline, ledger, attack, since);
      since = Date.now();
    },
  });
  await playing.stop();
  const to = Date.now();
  timeline.say("attack", "ends");
  await watch.seconds(AFTERMATH_S);
  return { attack, from, to };
}

/** Of the attack's kind, in its time, and from its addresses where the incident names one. */
export function isAbout({ attack, from, to }: Played, incident: IncidentView): boolean {
  const opened = epochMs(incident.opened_at);
  const inTime = opened >= from && opened <= to + AFTERMATH_S * 1000;
  const fromThere = incident.subject_kind !== "ip" || attack.sources.includes(incident.subject_value);
  return inTime && fromThere && attack.categories.includes(incident.category);
}

export function concludeChapter(
  played: Played,
  ledger: Ledger,
  incidents: IncidentView[],
  actions: ActionView[],
): Chapter {
  const { attack, from, to } = played;
  const about = incidents.filter((incident) => isAbout(played, incident));
  const ids = new Set(about.map((incident) => incident.id));
  const figures = measure(ledger.entries(attack.name), ledger.entries(LEGITIMATE), from, to + AFTERMATH_S * 1000);
  return { ...played, figures, incidents: about, actions: actions.filter((action) => ids.has(action.incident_id)) };
}
