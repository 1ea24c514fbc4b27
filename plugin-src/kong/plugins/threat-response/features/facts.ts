import type { Source } from "./source.ts";

/** What detectors may look at without cost: nginx has it all at hand. Raw texts, as the client sent them. */
export interface Facts {
  source: Source;
  method: string;
  /** The request target as sent: path and query, undecoded. */
  target: string;
  /** The path alone, decoded and normalized. */
  path: string;
  userAgent: string;
  /** Lower case; empty without one. */
  contentType: string;
  route: KongRoute | undefined;
}

export const readFacts = (source: Source): Facts => {
  const variables = ngx.var;
  return {
    source,
    method: variables.request_method ?? "",
    target: variables.request_uri ?? "",
    path: variables.uri ?? "",
    userAgent: variables.http_user_agent ?? "",
    contentType: string.lower(variables.http_content_type ?? ""),
    route: kong.router.get_route(),
  };
};
