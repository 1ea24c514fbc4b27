import { z } from "zod";
import { CATEGORIES } from "../../../contract/categories.ts";
import type { AppOptions } from "../app.ts";
import { OPERATORS } from "../auth/access.ts";
import { ACTION_TYPES } from "../store/schema.ts";
import type { TypedApp } from "./typed-app.ts";

const text = z.string().max(256);
const action = z.strictObject({
  type: z.enum(ACTION_TYPES),
  target: z.record(text, text).default({}),
  params: z.record(text, z.unknown()).default({}),
  ttl_s: z.number().int().min(1).max(604_800).default(300),
});
const body = z.strictObject({
  /** The incident it is against. */
  incident: z.string().max(128).optional(),
  /** Without an incident: what it is against, and where. */
  category: z.enum(CATEGORIES).default("abuse"),
  route_id: z.string().max(128).optional(),
  actions: z.array(action).min(1).max(50),
});

/** What a plan would have done. Nothing is written. */
export function previewRoutes(app: TypedApp, { engine }: AppOptions): void {
  app.post("/v1/previews", { config: { access: OPERATORS }, schema: { body } }, async ({ body }) => {
    const { refuse, needs_approval, preview } = await engine.preview(body);
    return { refuse, needs_approval, preview };
  });
}
