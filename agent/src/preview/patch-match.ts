import { type Condition, matches as matchesFully, type PatchRequest } from "../hot-patch/index.ts";
import type { RecordedRequest } from "./recorded-request.ts";

/** Null: what would decide is not recorded. */
type Known = boolean | null;

/** Whether a hot patch would have hit the recorded request, as far as that can be told without values of headers, query and body. */
export function patchMatches(tree: Condition, request: RecordedRequest): Known {
  if ("all" in tree) return every(tree.all, request);
  if ("any" in tree)
    return not(
      every(
        tree.any.map((child): Condition => ({ not: child })),
        request,
      ),
    );
  if ("not" in tree) return not(patchMatches(tree.not, request));
  if (tree.field === "size") return request.size === null ? null : request.size > tree.longer_than;
  if (tree.field === "header" || tree.field === "query") return namedMatches(tree, request);
  return tree.field === "body" ? bodyMatches(tree.exists, request) : matchesFully(tree, plainRequest(request));
}

/** False as soon as one is; unknown where one is and none is false. */
function every(trees: readonly Condition[], request: RecordedRequest): Known {
  let known: Known = true;
  for (const tree of trees) {
    const one = patchMatches(tree, request);
    if (one === false) return false;
    if (one === null) known = null;
  }
  return known;
}

const not = (known: Known): Known => (known === null ? null : !known);

/** Only whether it is there is recorded: what is not there has no value that could match. */
function namedMatches(
  { field, name, exists }: { field: "header" | "query" | "body"; name: string; exists?: boolean | undefined },
  { header_names, query_names }: RecordedRequest,
): Known {
  const names = field === "header" ? header_names : query_names;
  if (names === undefined) return null;
  const isThere = names.includes(field === "header" ? name.toLowerCase() : name);
  if (exists !== undefined) return isThere === exists;
  return isThere ? null : false;
}

const bodyMatches = (exists: boolean | undefined, { size }: RecordedRequest): Known =>
  size === 0 ? exists === false : null;

const plainRequest = ({ method, path, ip }: RecordedRequest): PatchRequest => ({
  method,
  path,
  query: "",
  headers: {},
  body: null,
  client: ip,
});
