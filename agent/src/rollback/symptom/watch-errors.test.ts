import { describe, expect, it } from "vitest";
import { type Alarm, ErrorWatch, hasRecovered, SLOT_MS, upperBound } from "./watch-errors.ts";

/** Slots of so many requests each; errors by slot. */
function watched(requests: number, errors: readonly number[]): Alarm[] {
  const watch = new ErrorWatch();
  return errors.flatMap((count, i) => watch.step({ at: i * SLOT_MS, requests, errors: count }) ?? []);
}

const quiet = (slots: number) => Array.from({ length: slots }, () => 0);
const all = (slots: number, errors: number) => Array.from({ length: slots }, () => errors);

describe("errors are an alarm", () => {
  it("as an outage when nearly everything fails for longer than a restart takes", () => {
    const [first] = watched(5, [...quiet(60), ...all(10, 5)]);
    expect(first).toMatchObject({ kind: "outage", onset: 60 * SLOT_MS });
    expect((first?.at ?? 0) - 60 * SLOT_MS).toBe(20_000);
  });

  it("when a third fails for minutes, at little traffic, too", () => {
    const third = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    expect(watched(1, [...quiet(60), ...third])[0]).toMatchObject({ kind: "elevated" });
  });
});

describe("errors are no alarm", () => {
  it.each([
    ["15 s of a restart", 10, [...quiet(30), ...all(3, 10), ...quiet(60)]],
    ["15 s of a restart across slots", 10, [...quiet(30), 4, ...all(2, 10), 6, ...quiet(60)]],
    ["one bad minute", 20, [...quiet(60), ...all(12, 6), ...quiet(60)]],
    ["a few errors all the time", 100, all(240, 1)],
    ["silence", 0, quiet(200)],
  ])("in %s", (_name, requests, errors) => expect(watched(requests, errors)).toEqual([]));
});

describe("recovery", () => {
  const slot = (at: number, requests: number, errors: number) => ({ at, requests, errors });

  it("needs traffic and two good windows in a row", () => {
    expect(hasRecovered([slot(0, 20, 0), slot(1, 20, 0)], 0.01)).toBe(true);
    expect(hasRecovered([slot(0, 20, 0), slot(1, 20, 10)], 0.01)).toBe(false);
    expect(hasRecovered([slot(0, 20, 0)], 0.01)).toBe(false);
  });

  it("is never told of silence, nor of a handful of requests", () => {
    expect(hasRecovered([], 0.01)).toBe(false);
    expect(hasRecovered([slot(0, 0, 0), slot(1, 0, 0)], 0.01)).toBe(false);
    expect(hasRecovered([slot(0, 3, 0), slot(1, 3, 0)], 0.01)).toBe(false);
    expect(upperBound(0, 0)).toBe(1);
  });
});
