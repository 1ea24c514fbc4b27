/** Ids in paths and queries: numbers, and long names of hexadecimal digits. Pure. */
export const NO_ID = -2;
export const UNNUMBERED = -1;
const LONGEST_ID = 40;
const SLASH = 47;
const AMPERSAND = 38;
const { byte, find } = string;

const isHex = (char: number): boolean =>
  (char >= 48 && char <= 57) || (char >= 97 && char <= 102) || (char >= 65 && char <= 70) || char === 45;

/** The number in [from, to] of a text: -1 where it is no number but looks like an id, -2 where it does not. */
const parseId = (text: string, from: number, to: number): number => {
  let digits = 0;
  let number = 0;
  for (const i of $range(from, to)) {
    const char = byte(text, i);
    if (!isHex(char)) return NO_ID;
    if (char <= 57 && char >= 48) {
      digits += 1;
      number = number * 10 + char - 48;
    }
  }
  const length = to - from + 1;
  if (digits === length && digits > 0) return digits <= 15 ? number : UNNUMBERED;
  return digits > 0 && length >= 8 ? UNNUMBERED : NO_ID;
};

/** The last segment of a path, or what follows `id=` in the query. */
export const readId = (path: string, query: string | undefined): number => {
  let from = path.length;
  while (from > 0 && byte(path, from) !== SLASH) from -= 1;
  const id = path.length - from <= LONGEST_ID ? parseId(path, from + 1, path.length) : NO_ID;
  if (id !== NO_ID || query === undefined) return id;
  const [at] = find(query, "id=", 1, true);
  if (at === undefined) return NO_ID;
  let to = at + 3;
  while (to <= query.length && byte(query, to) !== AMPERSAND && to < at + LONGEST_ID) to += 1;
  return parseId(query, at + 3, to - 1);
};
