/** Says which feed is in force: in the shared dictionary, for all workers, or for this one where there is none. */
export interface StoreHead {
  /** Drawn for each writing; 0 where there is none. */
  generation: number;
  /** Which of the two sets of pieces it is (`decision-pieces.ts`). */
  set: number;
  gateway: string;
  epoch: number;
  sequence: number;
  /** Bytes of the text. */
  length: number;
  count: number;
  /** Epoch seconds at which the last decision ends. */
  latest: number;
}

const HEAD_KEY = "F";
/** How old the head may be that a worker goes by. */
const HEAD_AGE_S = 0.1;
const NO_HEAD: StoreHead = {
  generation: 0,
  set: 0,
  gateway: "",
  epoch: 0,
  sequence: 0,
  length: 0,
  count: 0,
  latest: 0,
};

const dictionary = ngx.shared.threat_response as NativeDict | undefined;
export const hasDictionary = dictionary !== undefined;

let head = NO_HEAD;
let headText: unknown;
let headReadAt = 0;

function parseHead(text: string): StoreHead {
  const [generation, set, gateway, epoch, sequence, length, count, latest] = string.match(
    text,
    "^(%d+) ([01]) ([^ ]+) (%d+) (%d+) (%d+) (%d+) (%d+)$",
  );
  if (generation === undefined) {
    return NO_HEAD;
  }
  return {
    generation: tonumber(generation) as number,
    set: tonumber(set) as number,
    gateway: gateway as string,
    epoch: tonumber(epoch) as number,
    sequence: tonumber(sequence) as number,
    length: tonumber(length) as number,
    count: tonumber(count) as number,
    latest: tonumber(latest) as number,
  };
}

export function isHeadOld(): boolean {
  return ngx.now() - headReadAt > HEAD_AGE_S;
}

/** The head as it is now. */
export function readHead(): StoreHead {
  headReadAt = ngx.now();
  if (dictionary !== undefined) {
    const [text] = dictionary.get(HEAD_KEY);
    if (text !== headText) {
      headText = text;
      head = typeof text === "string" ? parseHead(text) : NO_HEAD;
    }
  }
  return head;
}

export function writeHead(next: StoreHead): void {
  head = next;
  if (dictionary !== undefined) {
    const { generation, set, gateway, epoch, sequence, length, count, latest } = next;
    const place = `${string.format("%d", generation)} ${set} ${gateway}`;
    headText = string.format("%s %d %d %d %d %d", place, epoch, sequence, length, count, latest);
    dictionary.set(HEAD_KEY, headText as string);
  }
}

export function deleteHead(): void {
  dictionary?.delete(HEAD_KEY);
  head = NO_HEAD;
  headText = undefined;
}
