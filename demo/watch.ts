import { setTimeout as sleep } from "node:timers/promises";
import { createNarrator } from "./narrate.ts";
import type { AgentClient } from "./stack/agent-client.ts";
import type { Timeline } from "./timeline.ts";

/** Looks at the agent several times a second and tells what changed. */
export interface Watch {
  /** Until the condition holds; `regularly` is called every few seconds. */
  until(over: () => boolean | Promise<boolean>, regularly?: () => void): Promise<void>;
  seconds(count: number, regularly?: () => void): Promise<void>;
}

const LOOK_MS = 300;
const LOOKS_PER_SUMMARY = 12;

export function createWatch(agent: AgentClient, timeline: Timeline): Watch {
  const narrator = createNarrator(timeline);
  const until: Watch["until"] = async (over, regularly) => {
    for (let looks = 1; !(await over()); looks += 1) {
      await sleep(LOOK_MS);
      narrator.look(await agent.incidents(), await agent.actions());
      if (looks % LOOKS_PER_SUMMARY !== 0) continue;
      narrator.flush();
      regularly?.();
    }
    narrator.flush();
  };
  return {
    until,
    seconds(count, regularly) {
      const end = Date.now() + count * 1000;
      return until(() => Date.now() >= end, regularly);
    },
  };
}
