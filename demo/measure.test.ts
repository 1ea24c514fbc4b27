import { describe, expect, it } from "vitest";
import { type Entry, isHarmed, isStopped } from "./ledger.ts";
import { measure, mitigatedAt } from "./measure.ts";

const entry = (sentAt: number, status: number, reached: boolean, expect?: number): Entry => ({
  sentAt,
  status,
  reached,
  spec: { method: "GET", target: "/", from: "192.0.2.1", headers: {}, ...(expect === undefined ? {} : { expect }) },
});
const passed = (at: number) => entry(at, 200, true);
const stopped = (at: number) => entry(at, 403, false);
const range = (from: number, to: number, make: (at: number) => Entry) =>
  Array.from({ length: to - from }, (_, index) => make(from + index));

describe("measuring an attack", () => {
  it("does not take the gateway's own 401 and 404 for a stopped request", () => {
    expect(isStopped(entry(0, 401, false))).toBe(false);
    expect(isStopped(entry(0, 404, false))).toBe(false);
    expect(isStopped(entry(0, 429, false))).toBe(true);
  });

  it("does not call stopped what the API answered 403 itself", () => {
    expect(isStopped(entry(0, 403, true))).toBe(false);
  });

  it("counts every answer but the expected one as harm, no answer too", () => {
    expect(isHarmed(entry(0, 401, true, 401))).toBe(false);
    expect(isHarmed(entry(0, 403, false, 200))).toBe(true);
    expect(isHarmed(entry(0, 0, false, 200))).toBe(true);
  });

  it("finds the moment from which on the attack is stopped", () => {
    const late = [...range(0, 50, passed), ...range(50, 150, stopped)].map((it) => ({
      ...it,
      sentAt: it.sentAt * 100,
    }));
    expect(mitigatedAt(late)).toBeGreaterThan(4_600);
    expect(mitigatedAt(late)).toBeLessThanOrEqual(5_000);
    expect(mitigatedAt(range(0, 100, passed))).toBeUndefined();
  });

  it("does not call an attack stopped that came through again", () => {
    const again = [...range(0, 100, stopped), ...range(100, 140, passed), ...range(140, 200, stopped)];
    const slowly = again.map((it) => ({ ...it, sentAt: it.sentAt * 100 }));
    expect(mitigatedAt(slowly)).toBeGreaterThan(13_500);
  });

  it("does not let a handful of last requests decide", () => {
    expect(mitigatedAt([...range(0, 100, passed), ...range(100, 105, stopped)])).toBe(undefined);
  });

  it("does not let a moment at the end decide either", () => {
    const blip = [
      ...range(0, 40, passed),
      ...range(40, 600, stopped),
      ...range(600, 612, passed),
      ...range(612, 620, stopped),
    ];
    const slowly = blip.map((it) => ({ ...it, sentAt: it.sentAt * 10 }));
    expect(mitigatedAt(slowly)).toBeLessThanOrEqual(400);
  });

  it("counts legitimate requests of the attack's time only", () => {
    const legitimate = [entry(5, 403, false, 200), entry(15, 403, false, 200), entry(16, 200, true, 200)];
    const figures = measure([...range(10, 40, stopped)], legitimate, 10, 40);
    expect(figures).toMatchObject({ sent: 30, stopped: 30, firstStop: 0, mitigated: 0, stoppedAtTheEnd: 1 });
    expect(figures).toMatchObject({ legitimateSent: 2, legitimateHarmed: 1 });
  });
});
