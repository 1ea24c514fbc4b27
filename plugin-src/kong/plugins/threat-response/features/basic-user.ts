const { byte, find, lower, sub } = string;

/** The user name of `Authorization: Basic`: empty where it cannot be read, nil without one. */
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
