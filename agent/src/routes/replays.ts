import { z } from "zod";
import type { AppOptions } from "../app.ts";
import { replayMarkdown } from "../planning/replay-text.ts";
import { MAX_STATE_FILES } from "../rollback/git/repository.ts";
import type { TypedApp } from "./typed-app.ts";

const MAX_BYTES = 2 * 1024 * 1024;
const files = z
  .array(z.strictObject({ path: z.string().min(1).max(300), text: z.string().max(MAX_BYTES) }))
  .max(MAX_STATE_FILES);
const body = z.strictObject({
  /** decK's state files as they are, and as the change would leave them. */
  base: files,
  head: files,
  /** `examples` names recorded paths: not for whom the repository is open to everybody. */
  detail: z.enum(["counts", "examples"]).default("counts"),
});

/** What a change of the configuration would have done to recorded requests, before it is merged. Nothing is written. */
export function replayRoutes(app: TypedApp, { engine }: AppOptions): void {
  app.post(
    "/v1/replays",
    { bodyLimit: MAX_BYTES, config: { access: ["ci", "operator"] }, schema: { body } },
    async ({ body }) => {
      const replay = await engine.replay(body);
      return { ...replay, markdown: replayMarkdown(replay) };
    },
  );
}
