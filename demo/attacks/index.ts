import type { Attack } from "./attack.ts";
import { basicAuthStuffing } from "./basic-auth.ts";
import { flood } from "./flood.ts";
import { injection } from "./injection.ts";
import { stuffing } from "./stuffing.ts";

/** In the order they are played. */
export const ATTACKS: readonly Attack[] = [injection, stuffing, flood, basicAuthStuffing];
