import { compileRanges, matchCidr, type RangeSet } from "./cidr.ts";
import type { ListConfig } from "./configure.ts";

/** An allow or deny list, made ready once for each configuration. Parts without entries are undefined and cost nothing. */
export interface CompiledList {
  ranges: RangeSet | undefined;
  methods: Record<string, true> | undefined;
  paths: string[] | undefined;
  /** Lower case. */
  userAgents: string[] | undefined;
}

export type ListPart = "cidr" | "method" | "path" | "user_agent";

/** Undefined when the list has no entry at all. */
export function compileList(list: ListConfig): CompiledList | undefined {
  const ranges = compileRanges(list.cidrs);
  const methods = list.methods.length > 0 ? compileMethods(list.methods) : undefined;
  const paths = list.paths.length > 0 ? list.paths : undefined;
  const userAgents = list.user_agents.length > 0 ? lowerAll(list.user_agents) : undefined;
  if (ranges === undefined && methods === undefined && paths === undefined && userAgents === undefined) {
    return undefined;
  }
  return { ranges, methods, paths, userAgents };
}

function compileMethods(methods: string[]): Record<string, true> {
  const set: Record<string, true> = {};
  for (const method of methods) {
    set[string.upper(method)] = true;
  }
  return set;
}

function lowerAll(texts: string[]): string[] {
  const lowered: string[] = [];
  for (const text of texts) {
    lowered.push(string.lower(text));
  }
  return lowered;
}

export function matchPath(paths: string[], path: string): boolean {
  for (const prefix of paths) {
    if (string.sub(path, 1, prefix.length) === prefix) {
      return true;
    }
  }
  return false;
}

export function matchUserAgent(userAgents: string[], userAgent: string): boolean {
  const lowered = string.lower(userAgent);
  for (const part of userAgents) {
    const [found] = string.find(lowered, part, 1, true);
    if (found !== undefined) {
      return true;
    }
  }
  return false;
}

/**
 * Which part of the list the request is on; one is enough. `address` is 4 or 16 bytes, `path` has to be normalised, or `/a/../b` would
 * pass for `/a`.
 */
export function matchList(
  list: CompiledList,
  address: string | undefined,
  method: string,
  path: string,
  userAgent: string | undefined,
): ListPart | undefined {
  if (list.ranges !== undefined && address !== undefined && matchCidr(list.ranges, address)) {
    return "cidr";
  }
  if (list.methods?.[method] !== undefined) {
    return "method";
  }
  if (list.paths !== undefined && matchPath(list.paths, path)) {
    return "path";
  }
  return list.userAgents !== undefined && userAgent !== undefined && matchUserAgent(list.userAgents, userAgent)
    ? "user_agent"
    : undefined;
}
