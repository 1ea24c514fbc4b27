import { setTimeout as sleep } from "node:timers/promises";
import { createNarrator } from "./narrate.ts";
import type { AgentClient } from "./stack/agent-client.ts";
import type { Timeline } from "./timeline.ts";

/** What is done besides: at each look, and every few seconds. */
export interface Besides {
  often?: () => void;
  regularly?: () => void;
}

/** Looks at the agent several times a second and tells what changed. */
export interface Watch {
  until(over: () => boolean | Promise<boolean>, besides?: Besides): Promise<void>;
  seconds(count: number, besides?: Besides): Promise<void>;
  turnPage(): void;
}

const LOOK_MS = 300;
const LOOKS_PER_SUMMARY = 12;

export function createWatch(agent: AgentClient, timeline: Timeline): Watch {
  const narrator = createNarrator(timeline);
  const until: Watch["until"] = async (over, { often, regularly } = {}) => {
    for (let looks = 1; !(await over()); looks += 1) {
      await sleep(LOOK_MS);
      often?.();
      narrator.look(await agent.incidents(), await agent.actions());
      if (looks % LOOKS_PER_SUMMARY !== 0) continue;
      narrator.flush();
      regularly?.();
    }
    narrator.flush();
  };
  return {
    until,
    turnPage: () => narrator.turnPage(),
    seconds(count, besides) {
      const end = Date.now() + count * 1000;
      return until(() => Date.now() >= end, besides);
    },
  };
}
