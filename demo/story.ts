/** The order of events: ordinary traffic, one attack after the other, and the end of what was done about them. */
import { ATTACKS } from "./attacks/index.ts";
import { type Chapter, concludeChapter, type Played, playChapter } from "./chapter.ts";
import type { Entry, Ledger } from "./ledger.ts";
import { LEGITIMATE } from "./legitimate.ts";
import { type BadCommit, playBadCommit } from "./rollback/bad-commit.ts";
import { type ActionView, epochMs } from "./stack/agent-client.ts";
import { countOurEntities } from "./stack/configure.ts";
import type { Stack } from "./stack/index.ts";
import type { Timeline } from "./timeline.ts";
import { createWatch, type Watch } from "./watch.ts";

export interface Story {
  chapters: Chapter[];
  badCommit: BadCommit;
  actions: ActionView[];
  legitimate: readonly Entry[];
  /** Answers to harmless requests from blocked addresses, after the blocks had ended. */
  passAgain: readonly Entry[];
  /** Of ours, left in Kong at the end. */
  entitiesLeft: number;
  notifications: { received: number; refused: number };
}

const WARM_UP_S = 12;
/** After the last expiry: the feed's poll, Kong's rebuild, and the gateway's own shorter blocks. */
const GRACE_S = 20;
const PROBED_SOURCES = 12;

function isOver(action: ActionView): boolean {
  return action.status !== "planned" && action.status !== "applied";
}

async function awaitExpiry(stack: Stack, timeline: Timeline, watch: Watch): Promise<void> {
  timeline.heading("The attacks are over; what was done about them ends by itself");
  watch.turnPage();
  const actions = await stack.agent.client.actions();
  const last = Math.max(Date.now(), ...actions.map((action) => epochMs(action.expires_at) ?? 0));
  const seconds = Math.ceil((last - Date.now()) / 1000);
  timeline.say(
    "note",
    `${actions.filter((action) => !isOver(action)).length} actions are still on, the last for ${seconds} s`,
  );
  const patience = last + GRACE_S * 1000;
  await watch.until(async () => Date.now() > patience || (await stack.agent.client.actions()).every(isOver));
}

/** The same addresses, now with a harmless request. */
async function probeSources(ledger: Ledger, chapters: readonly Played[]): Promise<readonly Entry[]> {
  const sources = chapters.flatMap(({ attack }) => attack.sources.slice(0, PROBED_SOURCES / chapters.length));
  const headers = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0" };
  await Promise.all(
    sources.map((from, index) =>
      ledger.send("probe", `probe-${index}`, { method: "GET", target: "/search?q=tent", from, headers, expect: 200 }),
    ),
  );
  return ledger.entries("probe");
}

export async function tellStory(stack: Stack, timeline: Timeline): Promise<Story> {
  const { ledger } = stack;
  const watch = createWatch(stack.agent.client, timeline);
  timeline.heading("Ordinary traffic; the gateway learns what is usual");
  await watch.seconds(WARM_UP_S);
  const played: Played[] = [];
  for (const attack of ATTACKS) played.push(await playChapter(stack, timeline, watch, ledger, attack));
  const badCommit = await playBadCommit(stack, timeline, watch);
  await awaitExpiry(stack, timeline, watch);
  await watch.seconds(3);
  const passAgain = await probeSources(ledger, played);
  const incidents = await stack.agent.client.incidents();
  const actions = await stack.agent.client.actions();
  return {
    chapters: played.map((part) => concludeChapter(part, ledger, incidents, actions)),
    badCommit,
    actions,
    legitimate: ledger.entries(LEGITIMATE),
    passAgain,
    entitiesLeft: await countOurEntities(stack.gateway.adminUrl),
    notifications: { received: stack.webhooks.received.length, refused: stack.webhooks.refused() },
  };
}
