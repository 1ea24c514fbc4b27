import type { ResponseParts } from "../../response-parts.ts";
import { type ChangeRow, explainChange, getChange, type Marker } from "../../store/history.ts";
import { findCommit } from "../git/find-commit.ts";
import { type Repository, RepositoryError } from "../git/repository.ts";

/** What was done is told within so long before or after it was seen. */
const NEAR_MS = 120_000;
const MAX_MARKERS = 5;

/** Who and what for: markers that name the commit that explains it, else the nearest in time of each source. Pure. */
export function markersOf(change: ChangeRow, markers: readonly Marker[]): Marker[] {
  const near = markers
    .map((marker) => ({ marker, distance: distanceOf(change, marker.at) }))
    .filter(({ distance }) => distance <= NEAR_MS)
    .sort((a, b) => a.distance - b.distance)
    .map(({ marker }) => marker);
  const named = near.filter(({ sha }) => sha !== null && sha === change.commit?.sha);
  if (named.length > 0) return named.slice(0, MAX_MARKERS);
  const [ci] = near.filter(({ source }) => source !== "konnect");
  return [...(ci === undefined ? [] : [ci]), ...near.filter(({ source }) => source === "konnect")].slice(
    0,
    MAX_MARKERS,
  );
}

const distanceOf = ({ applied_at, seen_at }: ChangeRow, at: number): number =>
  Math.max(0, applied_at - at, at - seen_at);

/** Keeps which commit of the state files' repository brought a change. What the host refuses for good is told once. */
export async function explainByCommit(response: ResponseParts, repository: Repository, id: string): Promise<void> {
  const { db } = response;
  const change = await getChange(db, id);
  if (change === null || change.by_agent || change.commit !== null) return;
  try {
    const plan = await findCommit(response, repository, change, change.diffs);
    if (plan === null) return;
    const { sha, author, message, at } = plan.commit;
    await explainChange(db, id, {
      sha,
      author: author.name,
      subject: (message.split("\n")[0] ?? "").slice(0, 200),
      at,
    });
  } catch (error) {
    if (!(error instanceof RepositoryError) || error.retryable) throw error;
    response.log.warn({ error: error.message }, "The commit behind a change cannot be looked up");
  }
}
