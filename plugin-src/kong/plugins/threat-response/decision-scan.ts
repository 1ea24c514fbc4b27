/** Going through the lines of a text that is in pieces, without making a string of each line. */
export type Pause = (this: void) => void;
/** Gets a line as where it begins and where its line feed is; a message ends the reading. */
export type LineVisitor = (this: void, text: string, from: number, end: number, number: number) => string | undefined;

const LINES_BEFORE_PAUSE = 200;

/** What follows the last line end, or a message as the second value. */
function scanText(
  text: string,
  first: number,
  visit: LineVisitor,
  pause: Pause,
): LuaMultiReturn<[string, number, string?]> {
  let position = 1;
  let number = first;
  while (true) {
    const [end] = string.find(text, "\n", position, true);
    if (end === undefined) {
      return $multi(string.sub(text, position), number);
    }
    const problem = visit(text, position, end, number);
    if (problem !== undefined) {
      return $multi("", number, problem);
    }
    position = end + 1;
    number += 1;
    if (number % LINES_BEFORE_PAUSE === 0) {
      pause();
    }
  }
}

/** Visits each line, numbered from 1. The first value is how many there were, the second what went wrong. */
export function scanLines(chunks: string[], visit: LineVisitor, pause: Pause): LuaMultiReturn<[number, string?]> {
  let rest = "";
  let number = 1;
  for (const chunk of chunks) {
    const [left, next, problem] = scanText(rest + chunk, number, visit, pause);
    if (problem !== undefined) {
      return $multi(number, problem);
    }
    rest = left;
    number = next;
  }
  if (rest !== "") {
    return $multi(number, "the last line has no end");
  }
  return $multi(number - 1);
}
