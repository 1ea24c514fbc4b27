const { byte } = string;

/**
 * Two 32-bit words of a text, the same in every worker and after every start, unlike the words of `distinct.ts`. Not keyed: what an
 * attacker could aim with, a user's name, has been keyed before it comes here.
 */
export const hashText = (text: string): LuaMultiReturn<[number, number]> => {
  let first = 0x1b873593;
  let second = 0x0e6546b6;
  for (const i of $range(1, text.length)) {
    const value = byte(text, i);
    first = (first + value) | 0;
    first = (first + (first << 10)) | 0;
    first = first ^ (first >>> 6);
    second = (second + value + 0x9e37) | 0;
    second = (second + (second << 12)) | 0;
    second = second ^ (second >>> 7);
  }
  first = (first + (first << 3)) | 0;
  first = first ^ (first >>> 11);
  first = (first + (first << 15)) | 0;
  second = (second + (second << 4)) | 0;
  second = second ^ (second >>> 9);
  second = (second + (second << 10)) | 0;
  return $multi(first ^ (second >>> 3), second ^ (first >>> 5));
};
