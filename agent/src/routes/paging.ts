import { z } from "zod";
import { AgentError } from "../errors.ts";
import { type Page, parseCursor } from "../store/page.ts";

/** Query parameters of every list. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(256).optional(),
};

export function pageFrom(query: { limit: number; cursor?: string | undefined }): Page {
  if (query.cursor === undefined) return { limit: query.limit, after: null };
  const after = parseCursor(query.cursor);
  if (after === null) throw new AgentError("INVALID_REQUEST", { problems: "cursor: is not one of ours" });
  return { limit: query.limit, after };
}
