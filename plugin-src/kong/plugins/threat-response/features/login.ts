import type { Instance } from "../configure.ts";
import { isLearnedLogin } from "../learned-logins.ts";
import { matchPath } from "../lists.ts";
import type { Facts } from "./facts.ts";
import { hashUser } from "./identity.ts";
import { findField } from "./user-field.ts";

/** Somebody tries to be somebody. */
export interface LoginAttempt {
  /** Keyed hash; empty where the name could not be found. */
  user: string;
  /** `path`: a configured login route. `basic`: Authorization: Basic on any route, which may or may not be looked at there. */
  kind: "path" | "basic";
  /** What a success proves something for: see `login-history.ts`. */
  realm: string;
}

const { byte, find, lower, sub } = string;

/** Decoded, with dots and double slashes resolved. */
const readNormalizedPath = (): string => ngx.var.uri ?? "";

export const isLoginRequest = (instance: Instance, facts: Facts): boolean => {
  if (facts.method !== "POST") return false;
  const path = readNormalizedPath();
  return matchPath(instance.config.login.paths, path) || (instance.config.login.learn_paths && isLearnedLogin(path));
};

/** The user name of `Authorization: Basic`; nil without one. */
export const readBasicUser = (authorization: string | undefined): string | undefined => {
  if (authorization === undefined) return undefined;
  const first = byte(authorization, 1);
  if ((first !== 66 && first !== 98) || lower(sub(authorization, 1, 6)) !== "basic ") return undefined;
  const [from] = find(authorization, "[^ ]", 7);
  const text = from === undefined ? undefined : ngx.decode_base64(sub(authorization, from));
  if (text === undefined) return "";
  const [colon] = find(text, ":", 1, true);
  return colon === undefined ? text : sub(text, 1, colon - 1);
};

const readBodyUser = (instance: Instance, facts: Facts): string => {
  if (facts.body === undefined) return "";
  for (const field of instance.config.login.user_fields) {
    const name = findField(facts.body, facts.contentType, field);
    if (name !== undefined && name !== "") return name;
  }
  return "";
};

/** The login attempt in a request; nil in most. */
export const readLogin = (instance: Instance, facts: Facts, isLogin: boolean): LoginAttempt | undefined => {
  const authorization = facts.headers.authorization;
  const basic = typeof authorization === "string" ? readBasicUser(authorization) : undefined;
  if (basic === undefined && !isLogin) return undefined;
  const name = basic ?? readBodyUser(instance, facts);
  return {
    user: name === "" ? "" : hashUser(instance, name),
    kind: isLogin ? "path" : "basic",
    realm: sub(readNormalizedPath(), 1, 100),
  };
};
