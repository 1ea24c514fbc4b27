/** What has to hold for the demo to have worked, each judged by what was measured. */
import { type Chapter, percent } from "./chapter.ts";
import { isHarmed } from "./ledger.ts";
import { share } from "./measure.ts";
import { stepsOfBadCommit } from "./rollback/steps.ts";
import type { Story } from "./story.ts";

export interface Step {
  name: string;
  held: boolean;
  seen: string;
}

const MOST_HARMED = 0.005;
const MOST_HARMED_OVERALL = 0.002;

function stepsOf({ attack, figures, incidents, actions }: Chapter): Step[] {
  const acted = actions.filter((action) => action.applied_at !== null);
  const stopped = share(figures.stopped, figures.sent);
  const harmed = share(figures.legitimateHarmed, figures.legitimateSent);
  const measuredEffects = acted.filter((action) => action.effect?.summary);
  const name = (what: string) => `${attack.name}: ${what}`;
  return [
    { name: name("the agent saw it"), held: incidents.length > 0, seen: `${incidents.length} incidents` },
    { name: name("the agent acted"), held: acted.length > 0, seen: `${acted.length} actions applied` },
    {
      name: name("effects were measured"),
      held: measuredEffects.length > 0,
      seen: `${measuredEffects.length} effects`,
    },
    {
      name: name(`at least ${attack.stoppedAtLeast * 100} % of it stopped`),
      held: stopped >= attack.stoppedAtLeast,
      seen: percent(figures.stopped, figures.sent),
    },
    {
      name: name("at least 95 % of its last quarter stopped"),
      held: figures.stoppedAtTheEnd >= 0.95,
      seen: percent(figures.stoppedAtTheEnd, 1),
    },
    {
      name: name("legitimate requests unharmed"),
      held: harmed <= MOST_HARMED,
      seen: `${figures.legitimateHarmed} of ${figures.legitimateSent} harmed`,
    },
  ];
}

function stepsOfAll(story: Story): Step[] {
  const harmed = story.legitimate.filter(isHarmed).length;
  const expired = story.actions.filter((action) => action.status === "expired").length;
  // What stopped nobody in two windows is taken back by the agent before its expiry.
  const early = story.actions.filter((action) => action.status === "undone").length;
  const applied = story.actions.filter((action) => action.applied_at !== null).length;
  const failed = story.actions.filter((action) => action.status === "failed");
  const passed = story.passAgain.filter((entry) => !isHarmed(entry)).length;
  const { received, refused } = story.notifications;
  return [
    {
      name: "legitimate requests unharmed over all",
      held: story.legitimate.length > 0 && share(harmed, story.legitimate.length) <= MOST_HARMED_OVERALL,
      seen: `${harmed} of ${story.legitimate.length} harmed`,
    },
    {
      name: "every action ended, at its expiry or before",
      held: expired > 0 && expired + early === applied,
      seen: `${expired} at their expiry, ${early} before, of ${applied}`,
    },
    { name: "no action failed", held: failed.length === 0, seen: failed[0]?.error ?? "none" },
    {
      name: "the same addresses pass again",
      held: story.passAgain.length > 0 && passed === story.passAgain.length,
      seen: `${passed} of ${story.passAgain.length}`,
    },
    { name: "nothing of ours is left in Kong", held: story.entitiesLeft === 0, seen: `${story.entitiesLeft} entities` },
    {
      name: "notifications arrived with valid signatures",
      held: received > 0 && refused === 0,
      seen: `${received} received, ${refused} refused`,
    },
  ];
}

export function judge(story: Story): Step[] {
  return [...story.chapters.flatMap(stepsOf), ...stepsOfBadCommit(story.badCommit), ...stepsOfAll(story)];
}
