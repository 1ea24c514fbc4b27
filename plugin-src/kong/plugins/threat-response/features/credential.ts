import type { Config } from "../configure.ts";

/** Credentials as a request presents them, in nginx's names of variables: headers first, then arguments of the query, then cookies. */
const { gsub, lower } = string;

const underscored = (name: string): string => {
  const [changed] = gsub(lower(name), "-", "_");
  return changed;
};

/** Names of the variables to look at, once for each configuration. */
export const credentialVariables = (identity: Config["identity"]): string[] => {
  const names: string[] = [];
  for (const name of identity.headers) names.push(`http_${underscored(name)}`);
  for (const name of identity.query) names.push(`arg_${name}`);
  for (const name of identity.cookies) names.push(`cookie_${name}`);
  return names;
};

const SHORTEST = 4;
const LONGEST = 8192;

/** What stands there, or nil where that cannot be a credential. */
export const readPresented = (variable: string): string | undefined => {
  const text = ngx.var[variable];
  return text === undefined || text.length < SHORTEST || text.length > LONGEST ? undefined : text;
};
