import { randomUUID } from "node:crypto";
import type { Configuration } from "../../../drivers/gateway.ts";
import { createSealer } from "../../../drivers/secrets.ts";
import { AgentError } from "../../../errors.ts";
import { type Db, holdLock, inTransaction } from "../../../store/db.ts";
import {
  addChange,
  type ChangeRow,
  changeAfter,
  getConfiguration,
  latestConfiguration,
  noteConfiguration,
  rebaseChange,
} from "../../../store/history.ts";
import { type StateFile, StateFileError } from "../../state-files/parse.ts";
import { diffConfigurations } from "../diff.ts";
import { isOwn } from "../watch-configuration.ts";
import { type Dump, readDump } from "./read-dump.ts";
import { resolveDump } from "./resolve-dump.ts";

export interface ImportRequest {
  gateway: string;
  /** Of the fingerprints in the driver's snapshots. */
  fingerprintKey: Buffer;
  files: readonly StateFile[];
  /** Epoch milliseconds: when the gateway had this configuration. */
  at: number;
  skip_consumers: boolean;
}

export interface Imported {
  hash: string;
  entities: number;
  left_out: Record<string, number>;
  /** Null where the history knew it already. */
  change: string | null;
}

/** What the gateway was around that time, as far as it is known. */
interface Place {
  before: Configuration | null;
  /** Until then it is sure that it was `before`. */
  before_until: number;
  after: Configuration | null;
  /** From `before` to `after`; null where one of the two is not known. */
  next: ChangeRow | null;
}

/**
 * Puts a dump of the gateway into its history, at the time it was made. What the agent has seen itself is never contradicted.
 * Throws `DUMP_INVALID` and `DUMP_CONFLICT`.
 */
export async function importDump(db: Db, request: ImportRequest): Promise<Imported> {
  const dump = readBounded(request.files);
  const sealer = createSealer(request.fingerprintKey);
  return inTransaction(db, async (transaction) => {
    await holdLock(transaction, `history:${request.gateway}`);
    const place = await findPlace(transaction, request);
    const known = [place.before, place.after].filter((one) => one !== null);
    const configuration = resolveDump(dump, { ...request, sealer, known });
    const change = await insert(transaction, request, place, configuration);
    const entities = Object.values(configuration.entities).reduce((sum, list) => sum + list.length, 0);
    return { hash: configuration.hash, entities, left_out: dump.left_out, change };
  });
}

function readBounded(files: readonly StateFile[]): Dump {
  try {
    return readDump(files);
  } catch (error) {
    if (!(error instanceof StateFileError)) throw error;
    throw new AgentError("DUMP_INVALID", { problem: error.message, remedy: error.remedy }, { cause: error });
  }
}

async function findPlace(db: Db, { gateway, at }: ImportRequest): Promise<Place> {
  const next = await changeAfter(db, gateway, at);
  const latest = await latestConfiguration(db, gateway);
  const earlier = next === null ? latest : await getConfiguration(db, gateway, next.before_hash);
  if (earlier !== null && (await firstSeen(db, gateway)) > at)
    return { before: null, before_until: 0, after: earlier, next: null };
  if (next === null) return { before: latest, before_until: latest?.last_seen_at ?? 0, after: null, next };
  const after = await getConfiguration(db, gateway, next.after_hash);
  return { before: earlier, before_until: next.applied_at, after, next };
}

/** Of one content, or of any. */
async function firstSeen(db: Db, gateway: string, hash?: string): Promise<number> {
  const query = db.selectFrom("configurations").where("gateway", "=", gateway);
  const chosen = hash === undefined ? query : query.where("hash", "=", hash);
  const row = await chosen.select(({ fn }) => fn.min("first_seen_at").as("at")).executeTakeFirst();
  return Number(row?.at ?? 0);
}

/** The id of the change that it makes, or null. */
async function insert(
  db: Db,
  { gateway, at }: ImportRequest,
  { before, before_until, after, next }: Place,
  now: Configuration,
): Promise<string | null> {
  const isSame = before?.hash === now.hash;
  if (at < before_until) {
    if (isSame) return null;
    throw new AgentError("DUMP_CONFLICT", { at: new Date(at).toISOString() });
  }
  const id = randomUUID();
  if (before !== null && !isSame)
    await addChange(db, changeOf({ id, gateway, applied_at: before_until, seen_at: at }, before, now));
  if (next !== null && after !== null) {
    const diffs = diffConfigurations(now, after);
    await rebaseChange(db, next.id, { before_hash: now.hash, applied_at: at, diffs });
  }
  const isBackfill = before === null && after !== null && after.hash !== now.hash;
  if (isBackfill) {
    const seen_at = await firstSeen(db, gateway, after.hash);
    await addChange(db, changeOf({ id, gateway, applied_at: at, seen_at }, now, after));
  }
  await noteConfiguration(db, gateway, now, at);
  return isBackfill || (before !== null && !isSame) ? id : null;
}

function changeOf(
  times: Pick<ChangeRow, "id" | "gateway" | "applied_at" | "seen_at">,
  before: Configuration,
  after: Configuration,
): ChangeRow {
  const diffs = diffConfigurations(before, after);
  return {
    ...times,
    before_hash: before.hash,
    after_hash: after.hash,
    diffs,
    by_agent: diffs.length > 0 && diffs.every(isOwn),
    origin: "import",
    commit: null,
  };
}
