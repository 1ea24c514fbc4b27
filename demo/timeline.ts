/** The story as it happens, one line per event, on the terminal. */
import { forTerminal } from "../agent/src/redaction/index.ts";

/** Who speaks: the story itself, an attacker, or a stage of the system. */
export type Voice =
  | "note"
  | "attack"
  | "stopped"
  | "seen"
  | "decided"
  | "done"
  | "effect"
  | "measured"
  | "expired"
  | "warning";

const COLOURS: Record<Voice, string> = {
  note: "2",
  attack: "1;31",
  stopped: "32",
  seen: "33",
  decided: "36",
  done: "1;32",
  effect: "34",
  measured: "1",
  expired: "35",
  warning: "1;33",
};

const coloured = process.stdout.isTTY && !process.env.NO_COLOR;

export function paint(code: string, text: string): string {
  return coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
}

export interface Timeline {
  /** Epoch milliseconds of 00:00. */
  startedAt: number;
  say(voice: Voice, text: string, at?: number): void;
  heading(text: string): void;
}

export function clock(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  const minutes = Math.floor(seconds / 60);
  return `${String(minutes).padStart(2, "0")}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
}

/** Splits into lines of the given width at spaces; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

const MARGIN = 20;

export function createTimeline(write: (text: string) => void = (text) => process.stdout.write(text)): Timeline {
  const startedAt = Date.now();
  const width = () => Math.max(60, Math.min(process.stdout.columns ?? 120, 140)) - MARGIN;
  return {
    startedAt,
    say(voice, text, at = Date.now()) {
      // What attackers wrote may be in the text: it is shown, never obeyed.
      const [first, ...rest] = wrap(forTerminal(text), width());
      const head = `${paint("2", ` ${clock(at - startedAt)}`)}  ${paint(COLOURS[voice], voice.padEnd(8))}  `;
      write(`${head}${first}\n${rest.map((line) => `${" ".repeat(MARGIN)}${line}\n`).join("")}`);
    },
    heading(text) {
      write(`\n${paint("1", text)}\n`);
    },
  };
}
