import { addUser } from "./user-field.ts";

/** Logins as GraphQL mutations, where the values stand in the text itself: `login(email: "a@b", password: "…")`, inside of JSON. */
const ARGUMENT = '^%s*:%s*\\?"([^"\\]*)';
const { find, lower, match } = string;

const isLetter = (text: string, at: number): boolean => find(text, "^[%w_]", at)[0] !== undefined;

/** Whether something named `password` is given, as a variable or in the text. */
export const hasPasswordArgument = (body: string): boolean => {
  const [, to] = find(body, "assword", 1, true);
  return to !== undefined && find(body, '^\\?"?%s*:', to + 1)[0] !== undefined;
};

/** Adds the users that arguments of these names give. */
export const addFromGraphql = (users: string[], body: string, fields: string[]): void => {
  const lowered = lower(body);
  for (const field of fields) {
    let [at, to] = find(lowered, field, 1, true);
    while (at !== undefined && to !== undefined) {
      const [value] = at > 1 && isLetter(lowered, at - 1) ? [undefined] : match(body, ARGUMENT, to + 1);
      if (value !== undefined) addUser(users, value);
      [at, to] = find(lowered, field, to + 1, true);
    }
  }
};
