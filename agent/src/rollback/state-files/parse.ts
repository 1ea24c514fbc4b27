import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";

/** A decK state file (or one of several) as it is in git. */
export interface StateFile {
  path: string;
  text: string;
}

export interface ParsedFile extends StateFile {
  document: Document.Parsed;
}

/** A file that cannot be worked on. Nothing was changed. */
export class StateFileError extends Error {
  override name = "StateFileError";
  readonly path: string;
  readonly remedy: string;

  constructor(path: string, problem: string, remedy: string) {
    super(`${path}: ${problem}`);
    this.path = path;
    this.remedy = remedy;
  }
}

export const MAX_FILE_BYTES = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
const MAX_NODES = 500_000;
const MAX_ALIASES = 1_000;

/** Throws `StateFileError` for what is too large, too deep, full of aliases, or not YAML. Values are never resolved to types here. */
export function parseStateFile({ path, text }: StateFile): ParsedFile {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES)
    throw new StateFileError(path, `is larger than ${MAX_FILE_BYTES} bytes`, "Split the file; decK reads several.");
  const lines = new LineCounter();
  const document = parseBounded(path, text, lines);
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    throw new StateFileError(
      path,
      `line ${line}: ${error.message.split("\n")[0]}`,
      "Correct the YAML, then try again.",
    );
  }
  if (document.contents !== null && !isMap(document.contents))
    throw new StateFileError(path, "does not hold a mapping at its top", "Only decK state files can be reverted.");
  return { path, text, document };
}

/** What nests so deeply that the parser runs out of stack is refused like what is only too deep. */
function parseBounded(path: string, text: string, lineCounter: LineCounter): Document.Parsed {
  try {
    const document = parseDocument(text, { lineCounter, keepSourceTokens: true, uniqueKeys: true, strict: true });
    refuseExcess(path, document);
    return document;
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(path);
    throw error;
  }
}

const tooDeep = (path: string) =>
  new StateFileError(path, "is nested too deeply", "A Kong configuration is never so deep; look at the file.");

function refuseExcess(path: string, document: Document.Parsed): void {
  let nodes = 0;
  let aliases = 0;
  let deepest = 0;
  visit(document, {
    Node: (_key, node, ancestors) => {
      nodes++;
      if (isAlias(node)) aliases++;
      deepest = Math.max(deepest, ancestors.filter(isCollection).length);
      const isTooMuch = deepest > MAX_DEPTH || nodes > MAX_NODES || aliases > MAX_ALIASES;
      return isTooMuch ? visit.BREAK : undefined;
    },
  });
  if (deepest > MAX_DEPTH) throw tooDeep(path);
  if (nodes > MAX_NODES || aliases > MAX_ALIASES)
    throw new StateFileError(path, "has too many nodes or aliases", "Expand the aliases, or split the file.");
}

/** Words and forms that YAML 1.1 (decK) and 1.2 do not read the same way, or not as text. */
const NOT_TEXT = /^(?:|~|null|true|false|yes|no|on|off|y|n|[-+.\d].*|.*:\s.*)$/i;

/**
 * A value that two files can be compared by, without deciding what YAML version reads it: a plain word and the same word in
 * quotes are equal only where both versions read it as text. Mappings do not depend on order, sequences do.
 */
export function canonical(node: Node | null | undefined, document: Document.Parsed): string {
  if (node === null || node === undefined) return "plain:";
  if (isAlias(node)) return canonical(node.resolve(document), document);
  if (isScalar(node)) {
    const text = node.type === "PLAIN" ? (node.source ?? String(node.value)) : String(node.value);
    return node.type === "PLAIN" && NOT_TEXT.test(text) ? `plain:${text}` : `text:${JSON.stringify(text)}`;
  }
  if (isMap(node)) {
    const members = node.items.map(({ key, value }) => [keyText(key), canonical(value as Node, document)] as const);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`;
  }
  return `[${(node as unknown as { items: Node[] }).items.map((item) => canonical(item, document)).join(",")}]`;
}

export const keyText = (key: unknown): string => (isScalar(key) ? String(key.source ?? key.value) : String(key));
