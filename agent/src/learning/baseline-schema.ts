import { z } from "zod";
import {
  HOURS_OF_DAY,
  MAX_BASELINE_DAYS,
  MAX_BASELINE_RPS,
  MAX_BASELINE_S,
  MAX_LOGIN_PATH,
  MIN_BASELINE_S,
} from "../../../contract/learning.ts";

/** What comes from outside about usual rates and login paths: in the feed each is one line of words. */
const rate = z.number().min(0).max(MAX_BASELINE_RPS);

export const baselineSchema = z.object({
  name: z
    .string()
    .max(128)
    .regex(/^(?!-$)[!-~]*$/),
  seconds: z.number().int().min(MIN_BASELINE_S).max(MAX_BASELINE_S),
  usual: rate,
  peak: rate,
  rates: z.array(rate).length(HOURS_OF_DAY),
  days: z.array(z.number().int().min(0).max(MAX_BASELINE_DAYS)).length(HOURS_OF_DAY),
});

export const loginPathSchema = z
  .string()
  .max(MAX_LOGIN_PATH)
  .regex(/^\/[!-~]*$/);
