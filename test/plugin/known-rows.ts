import { AGENTS } from "../../plugin-src/kong/plugins/threat-response/known/agents.ts";
import { EXPLOITS } from "../../plugin-src/kong/plugins/threat-response/known/exploits/index.ts";
import { PATHS } from "../../plugin-src/kong/plugins/threat-response/known/paths.ts";

/** A line of a table of known bad things, read independently of the plugin. */
export interface KnownRow {
  id: string;
  source: string;
  date: string;
  action: string;
  score: number;
  class: string | undefined;
  rest: string;
}

export interface KnownCondition {
  isNegated: boolean;
  part: string;
  name: string;
  relation: string;
  literals: string[];
}

const CONDITION = /^(!?)([a-z]+)(?::([\w.-]+))?([~=^$])(.*)$/;

function readRow(line: string): KnownRow {
  const [id, source, date, verdict, ...rest] = line.split(" | ");
  const [action, score, payloadClass] = (verdict ?? "").split(" ");
  return {
    id: id ?? "",
    source: source ?? "",
    date: date ?? "",
    action: action ?? "",
    score: Number(score),
    class: payloadClass,
    rest: rest.join(" | "),
  };
}

function readRows(tables: string[]): KnownRow[] {
  const lines = tables.flatMap((table) => table.split("\n"));
  return lines.filter((line) => line.trim() !== "" && !line.startsWith("#")).map(readRow);
}

export function conditionsOf(row: KnownRow): KnownCondition[] {
  return row.rest.split(" & ").map((text) => {
    const [, mark, part = "", name = "", relation = "", literals = ""] = CONDITION.exec(text) ?? [];
    return { isNegated: mark === "!", part, name, relation, literals: literals.split(" or ") };
  });
}

export const agentRows = readRows(AGENTS);
export const exploitRows = readRows(EXPLOITS);
export const pathRows = readRows(PATHS);
