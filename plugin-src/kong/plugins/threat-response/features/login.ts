import type { Instance } from "../configure.ts";
import { hasPassword, isLearnedLogin } from "../learned-logins.ts";
import { hasLearnedAnswers } from "../logins/answers.ts";
import { unnamedUser } from "../logins/named.ts";
import { readBasicUser } from "./basic-user.ts";
import type { Facts } from "./facts.ts";
import { addFromGraphql, hasPasswordArgument } from "./graphql-login.ts";
import { wantHeader } from "./header-lines.ts";
import { hashUsers } from "./identity.ts";
import { loginPath, matchLoginPath } from "./login-path.ts";
import { addFromBody, addFromForm, addUser } from "./user-field.ts";

/** Somebody tries to be somebody. */
export interface LoginAttempt {
  /** Keyed hash of all users it names; empty where none could be found. */
  user: string;
  /** Whether one could. */
  isNamed: boolean;
  /** `path`: a configured login route. `basic`: Authorization: Basic on any route, which may or may not be looked at there. */
  kind: "path" | "basic";
  /** What a success proves something for: see `login-history.ts`. */
  realm: string;
  /** The same, and another one since it was learned which answers are no successes: what was taken for one before proves nothing. */
  proof: string;
}

const { byte, find, sub } = string;

wantHeader("proxy-authorization");

/** Pages are read by GET; a body, or a password in the query, is none of a page's. */
const canLogIn = ({ method, query, headers }: Facts): boolean => {
  if (method === "POST" || method === "PUT" || method === "PATCH") return true;
  if (query !== undefined && hasPassword(query)) return true;
  const length = headers["content-length"];
  return (length !== undefined && length !== "0") || headers["transfer-encoding"] !== undefined;
};

export const isLoginRequest = (instance: Instance, facts: Facts): boolean => {
  if (!canLogIn(facts)) return false;
  const path = loginPath();
  return matchLoginPath(instance.loginPaths, path) || (instance.config.login.learn_paths && isLearnedLogin(path));
};

/** A GraphQL endpoint takes everything: a login is what brings a password and names a user. Asked when the body has been read. */
const isGraphqlLogin = ({ method, body }: Facts): boolean => {
  if (method !== "POST" || body === undefined) return false;
  const [at] = find(loginPath(), "graphql", -7, true);
  return at !== undefined && hasPasswordArgument(body);
};

/** Several lines of one name are several tries. */
const addBasic = (users: string[], header: string | string[] | undefined): boolean => {
  if (header === undefined) return false;
  if (typeof header === "string") {
    const user = readBasicUser(header);
    if (user !== undefined) addUser(users, user);
    return user !== undefined;
  }
  let isBasic = false;
  for (const line of header) isBasic = addBasic(users, line) || isBasic;
  return isBasic;
};

const hasBasic = (header: string | string[] | undefined): boolean => {
  if (header === undefined || typeof header !== "string") return header !== undefined;
  const first = byte(header, 1);
  return first === 66 || first === 98;
};

/** The login attempt in a request; nil in most. Kong's own plugins look for Basic in both headers. */
export const readLogin = (instance: Instance, facts: Facts, isLogin: boolean): LoginAttempt | undefined => {
  const { authorization } = facts.headers;
  const proxy = facts.headers["proxy-authorization"];
  if (!isLogin && !hasBasic(authorization) && !hasBasic(proxy)) return undefined;
  const users: string[] = [];
  const isBasic = addBasic(users, proxy);
  if (!addBasic(users, authorization) && !isBasic && !isLogin) return undefined;
  const fields = instance.config.login.user_fields;
  if (isLogin && facts.query !== undefined) addFromForm(users, facts.query, fields);
  if (isLogin && facts.body !== undefined) addFromBody(users, facts.body, facts.contentType, fields);
  const realm = sub(loginPath(), 1, 100);
  if (isLogin && users.length === 0 && facts.body !== undefined) addFromGraphql(users, facts.body, fields);
  const isNamed = users.length > 0;
  return {
    user: isNamed ? hashUsers(instance, users) : isLogin ? unnamedUser(realm) : "",
    isNamed,
    kind: isLogin ? "path" : "basic",
    realm,
    proof: hasLearnedAnswers(facts.route?.id ?? "") ? `${realm}!` : realm,
  };
};

/** The login attempt in a request to any other path: Basic, or a mutation of GraphQL. */
export const readOtherLogin = (instance: Instance, facts: Facts): LoginAttempt | undefined => {
  if (!isGraphqlLogin(facts)) return readLogin(instance, facts, false);
  const login = readLogin(instance, facts, true);
  return login?.isNamed === true ? login : readLogin(instance, facts, false);
};
