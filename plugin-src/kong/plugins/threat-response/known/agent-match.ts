import { createCleanValues, isKnownClean, keepClean } from "../payload/clean-values.ts";
import { AGENTS } from "./agents.ts";
import { buildIndex, mentions } from "./literal-index.ts";
import { type Row, readTable, split } from "./table.ts";

/** User agents of the table in `agents.ts`. An agent that is none of them is remembered: most come again. */

interface AgentWord {
  row: Row;
  text: string;
  /** Letters may follow. */
  isOpen: boolean;
}

const { byte, find, lower, sub } = string;

function readAgents(): AgentWord[] {
  const words: AgentWord[] = [];
  for (const table of AGENTS) {
    for (const row of readTable(table)) {
      for (const word of split(row.rest, " or ")) {
        const isOpen = sub(word, -1) === "*";
        words.push({ row, text: isOpen ? sub(word, 1, -2) : word, isOpen });
      }
    }
  }
  return words;
}

export const WORDS: AgentWord[] = readAgents();

/** Ends of words: who has one is looked at closely, once. */
const ANCHOR = 8;
const texts: string[] = [];
for (const word of WORDS) texts.push(sub(word.text, -ANCHOR));
const index = buildIndex([texts]);

const isLetter = (code: number | undefined): boolean => code !== undefined && code >= 97 && code <= 122;

/** Whether the word stands in the text by itself. A word that begins or ends with another byte than a letter bounds itself. */
function stands(text: string, word: AgentWord): boolean {
  const isBoundBefore = !isLetter(byte(word.text, 1));
  const isBoundBehind = word.isOpen || !isLetter(byte(word.text, word.text.length));
  let from = 1;
  while (true) {
    const [start, stop] = find(text, word.text, from, true);
    if (start === undefined) return false;
    const before = isBoundBefore || start === 1 || !isLetter(byte(text, start - 1));
    const behind = isBoundBehind || !isLetter(byte(text, (stop as number) + 1));
    if (before && behind) return true;
    from = start + 1;
  }
}

function findWord(agent: string): Row | undefined {
  const text = lower(agent);
  let best: Row | undefined;
  for (const word of WORDS) {
    if ((best === undefined || word.row.score > best.score) && stands(text, word)) best = word.row;
  }
  return best;
}

const clean = createCleanValues(1000, 256);

/** The strongest row whose words the agent says. */
export function matchAgent(agent: string | undefined): Row | undefined {
  if (agent === undefined || isKnownClean(clean, agent)) return undefined;
  const row = mentions(index, index.plain, agent) ? findWord(agent) : undefined;
  if (row === undefined) keepClean(clean, agent);
  return row;
}
