import { type AdminClient, createAdminClient, readBounded } from "../../../drivers/admin-client.ts";
import { AdminApiError } from "../../../drivers/admin-error.ts";
import type { GatewayConfig } from "../../../drivers/index.ts";
import { refuseUrl } from "../../../drivers/outbound.ts";
import type { JobKind } from "../../../jobs/job-kind.ts";
import type { ResponseParts } from "../../../response-parts.ts";
import { type Db, holdLock, inTransaction } from "../../../store/db.ts";
import { latestConfiguration } from "../../../store/history.ts";
import { keepReading, lastReading, type MetricReading } from "../../../store/metric-readings.ts";
import { listNodes } from "../../../store/nodes.ts";
import { ANSWER_SLOT_MS, addAnswers } from "../../../store/traffic-answers.ts";
import { Places, slotsOf, type Window } from "./count-slots.ts";
import { type Counted, type Counters, countedBetween, readMetrics } from "./kong-metrics.ts";
import { askAnalytics, KNOWN_AFTER_MS } from "./konnect-analytics.ts";

type KonnectConfig = Pick<
  GatewayConfig,
  "KONNECT_CONTROL_PLANE_ID" | "KONNECT_TOKEN" | "KONNECT_REGION" | "KONNECT_URL"
>;

/** The members of the agent's configuration that matter here. */
export interface SourcesConfig extends KonnectConfig {
  KONG_METRICS_URLS?: string[] | undefined;
  KONNECT_ANALYTICS?: boolean | undefined;
}

const SCRAPE_EVERY_MS = 10_000;
const ASK_EVERY_MS = 30_000;
/** After a longer gap nothing tells when it was counted: it is begun anew. */
const LONGEST_GAP_MS = 5 * 60_000;
const TIMEOUT_MS = 5_000;
/** Nodes that reported within so long count for themselves. */
const REPORTING_MS = 60_000;
const PLUGIN_LAG_MS = 1_500;
const BUSY_MS = 60_000;

/** Counts answers of gateways that have no plugin to report them, into the same slots as those that have. */
export function sourceJobs(parts: ResponseParts, config: SourcesConfig): JobKind[] {
  const urls = config.KONG_METRICS_URLS ?? [];
  const jobs: JobKind[] = [];
  if (urls.length > 0)
    jobs.push({
      kind: "scrape-metrics",
      everyMs: SCRAPE_EVERY_MS,
      run: async () => void (await Promise.all(urls.map((url) => scrape(parts, new URL(url))))),
    });
  const { KONNECT_CONTROL_PLANE_ID: controlPlane } = config;
  if (config.KONNECT_ANALYTICS && controlPlane !== undefined) {
    const client = analyticsClient(config);
    jobs.push({ kind: "ask-analytics", everyMs: ASK_EVERY_MS, run: () => ask(parts, client, controlPlane) });
  }
  return jobs;
}

function analyticsClient({ KONNECT_URL, KONNECT_REGION = "us", KONNECT_TOKEN }: SourcesConfig): AdminClient {
  const url = KONNECT_URL ?? `https://${KONNECT_REGION}.api.konghq.com`;
  const authorization = { token: `Bearer ${KONNECT_TOKEN}`, tokenHeader: "authorization" };
  return createAdminClient({ url, name: "KONNECT_URL", ...authorization, timeout_ms: 12_000 });
}

/** Slots are whole so long after their end. */
export async function lagOf({ db, gateway, now }: ResponseParts, config: SourcesConfig): Promise<number> {
  const scrapes = (config.KONG_METRICS_URLS ?? []).length > 0;
  if ((!scrapes && !config.KONNECT_ANALYTICS) || (await reports(db, gateway, now()))) return PLUGIN_LAG_MS;
  return config.KONNECT_ANALYTICS ? KNOWN_AFTER_MS + 2 * ASK_EVERY_MS : SCRAPE_EVERY_MS + TIMEOUT_MS + ANSWER_SLOT_MS;
}

async function reports(db: Db, gateway: string, now: number): Promise<boolean> {
  const [node] = await listNodes(db, gateway, 1);
  return node !== undefined && node.last_seen_at > now - REPORTING_MS;
}

/** What cannot be reached now is read later: counters lose nothing. */
async function scrape(parts: ResponseParts, url: URL): Promise<void> {
  const source = `${url.origin}${url.pathname}`;
  try {
    const counters = readMetrics(await fetchText(url));
    const at = parts.now();
    await take(parts, { gateway: parts.gateway, source, at, not_before: 0, counters }, (last) =>
      countedBetween(last.counters, counters),
    );
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    parts.log.warn({ source, error: error.message }, "The gateway's metrics cannot be read");
  }
}

async function fetchText(url: URL): Promise<string> {
  const refused = await refuseUrl(url);
  if (refused !== null) throw new AdminApiError("unreachable", null, `it is not asked: ${refused}`);
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await readBounded(response);
    if (response.status === 200) return text;
    throw new AdminApiError(
      "unexpected",
      response.status,
      `it was answered ${response.status}; is the plugin prometheus on?`,
    );
  } catch (error) {
    if (error instanceof AdminApiError) throw error;
    throw new AdminApiError("unreachable", null, `no answer: ${(error as Error).message}`);
  }
}

async function ask(parts: ResponseParts, client: AdminClient, controlPlane: string): Promise<void> {
  const source = "konnect";
  const { db, gateway } = parts;
  const now = parts.now();
  const last = await lastReading(db, gateway, source);
  if (last !== null && now < last.not_before) return;
  const at = Math.floor((now - KNOWN_AFTER_MS) / ANSWER_SLOT_MS) * ANSWER_SLOT_MS;
  const reading = { gateway, source, at, not_before: 0, counters: {} };
  try {
    if (last === null || last.at >= at || at - last.at > LONGEST_GAP_MS) return await keepReading(db, reading);
    const counted = await askAnalytics(client, controlPlane, { from: last.at, to: at });
    await take(parts, reading, () => counted);
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    parts.log.warn({ error: error.message }, "Konnect's analytics cannot be read");
    if (error.code === "busy" && last !== null)
      await keepReading(db, { ...last, not_before: now + (error.retry_after_ms ?? BUSY_MS) });
  }
}

type Delta = (last: MetricReading) => readonly { counted: Counted; count: number }[];

/** One agent at a time; where nodes report for themselves only the reading is kept, so that nothing counts twice. */
async function take(
  parts: ResponseParts,
  reading: MetricReading & { counters: Counters },
  delta: Delta,
): Promise<void> {
  const { gateway, at, source } = reading;
  await inTransaction(parts.db, async (db) => {
    await holdLock(db, `metrics:${gateway}:${source}`);
    const last = await lastReading(db, gateway, source);
    if (last !== null && last.at >= at) return;
    await keepReading(db, reading);
    if (last === null || at - last.at > LONGEST_GAP_MS || (await reports(db, gateway, at))) return;
    const window: Window = { gateway, from: last.at, to: at };
    const places = new Places(await latestConfiguration(db, gateway));
    // As whoever adds what nodes report.
    await holdLock(db, `correlate ${gateway}`);
    await addAnswers(db, slotsOf(window, delta(last), places));
  });
}
