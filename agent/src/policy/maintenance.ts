import { SEVERITIES, type Severity } from "../store/schema.ts";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
type Weekday = (typeof WEEKDAYS)[number];

export interface MaintenanceWindow {
  name: string;
  time_zone: string;
  /** On which it begins. */
  weekdays: Weekday[];
  /** `22:00`; a `to` that is not later lies on the next day. */
  from: string;
  to: string;
  effect: "observe" | "approval";
  except_severity?: Severity | undefined;
}

/** The window that holds now for something so severe, or null. */
export function windowAt(
  windows: readonly MaintenanceWindow[],
  now: number,
  severity: Severity,
): MaintenanceWindow | null {
  const rank = SEVERITIES.indexOf(severity);
  const open = windows.filter(({ except_severity: except }) => !except || rank < SEVERITIES.indexOf(except));
  const holding = open.filter((window) => holds(window, now));
  return holding.find((window) => window.effect === "observe") ?? holding[0] ?? null;
}

function holds(window: MaintenanceWindow, now: number): boolean {
  const { weekday, minutes } = localTime(now, window.time_zone);
  const from = minutesOf(window.from);
  const to = minutesOf(window.to);
  const beginsOn = (day: number) => window.weekdays.includes(WEEKDAYS[(day + 7) % 7]!);
  if (from < to) return beginsOn(weekday) && minutes >= from && minutes < to;
  return (beginsOn(weekday) && minutes >= from) || (beginsOn(weekday - 1) && minutes < to);
}

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Monday is 0. */
function localTime(now: number, timeZone: string): { weekday: number; minutes: number } {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const weekday = WEEKDAYS.indexOf(String(parts.weekday).toLowerCase() as Weekday);
  return { weekday, minutes: Number(parts.hour) * 60 + Number(parts.minute) };
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
