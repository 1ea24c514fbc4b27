import { invalidOffset, invalidOption, invalidSize } from "./errors.ts";
import type { Entity } from "./store.ts";

const DEFAULT_SIZE = 100;
const MAX_SIZE = 1000;

export interface Page {
  data: Entity[];
  offset?: string;
  next: string | null;
}

export interface PageQuery {
  size?: string;
  offset?: string;
  tags?: string;
}

function sizeOf(query: PageQuery): number {
  if (query.size === undefined) return DEFAULT_SIZE;
  const size = Number(query.size);
  if (Number.isNaN(size) || query.size === "") throw invalidSize("size must be a number");
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    throw invalidSize(`size must be an integer between 1 and ${MAX_SIZE}`);
  }
  return size;
}

/** `a,b` asks for all of them, `a/b` for any. */
function hasTags(query: PageQuery): (entity: Entity) => boolean {
  const { tags } = query;
  if (tags === undefined) return () => true;
  if (tags === "") throw invalidOption("tags", "cannot be null");
  if (tags.includes(",") && tags.includes("/")) throw invalidOption("tags", `invalid filter syntax`);
  const wanted = tags.split(/[,/]/).filter((tag) => tag !== "");
  const has = (entity: Entity) => (tag: string) => ((entity.tags as string[] | null) ?? []).includes(tag);
  return tags.includes("/") ? (entity) => wanted.some(has(entity)) : (entity) => wanted.every(has(entity));
}

const encode = (id: string): string => Buffer.from(JSON.stringify([id])).toString("base64url");

function decode(offset: string): string {
  try {
    const [id] = JSON.parse(Buffer.from(offset, "base64url").toString()) as [unknown];
    if (typeof id === "string") return id;
  } catch {
    // Falls through to the same answer.
  }
  throw invalidOffset(offset);
}

/** One page in the order of ids, as Kong's database gives them; `path` is where the next one is. */
export function page(entities: Entity[], query: PageQuery, path: string): Page {
  const size = sizeOf(query);
  const after = query.offset === undefined ? "" : decode(query.offset);
  const sorted = entities.filter(hasTags(query)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const rest = sorted.filter(({ id }) => id >= after);
  const following = rest[size];
  if (!following) return { data: rest.slice(0, size), next: null };
  const offset = encode(following.id);
  const carried = [query.tags && `tags=${encodeURIComponent(query.tags)}`, query.size && `size=${query.size}`].filter(
    Boolean,
  );
  return { data: rest.slice(0, size), offset, next: `${path}?${[`offset=${offset}`, ...carried].join("&")}` };
}
