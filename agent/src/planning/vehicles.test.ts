import { describe, expect, it } from "vitest";
import { CATEGORIES } from "../../../contract/categories.ts";
import { AUTHENTICATIONS } from "../preview/authentication.ts";
import { judgeVehicle, judgeVehicles, preferVehicle, type Situation, VEHICLES } from "./vehicles.ts";

const MODES = ["traditional", "control-plane", "dbless", "konnect"] as const;
const SITUATION: Situation = { category: "api_ddos", authentication: "none", routed: true, mode: "traditional" };

const works = (situation: Partial<Situation>) =>
  judgeVehicles({ ...SITUATION, ...situation })
    .filter((cell) => cell.works)
    .map(({ vehicle }) => vehicle);

describe("what works where", () => {
  it("names a reason for every cell that cannot work", () => {
    for (const category of CATEGORIES)
      for (const authentication of AUTHENTICATIONS)
        for (const routed of [true, false])
          for (const mode of MODES) {
            const cells = judgeVehicles({ category, authentication, routed, mode });
            expect(cells.map(({ vehicle }) => vehicle).sort()).toEqual([...VEHICLES].sort());
            for (const cell of cells) if (!cell.works) expect(cell.reason.length).toBeGreaterThan(10);
          }
  });

  it.each(["api_ddos", "credential_stuffing"] as const)(
    "%s: where the gateway authenticates, nothing that runs after authentication stops it",
    (category) => {
      for (const authentication of ["key-auth", "basic-auth", "other"] as const)
        expect(works({ category, authentication })).toEqual(["decision", "hot-patch", "bot-detection", "route-edit"]);
      expect(works({ category, authentication: "none" })).toEqual(
        expect.arrayContaining(["ip-restriction", "rate-limiting", "request-termination"]),
      );
    },
  );

  it("what runs after authentication stops whoever it lets in", () => {
    expect(works({ category: "payload_injection", authentication: "key-auth" })).toEqual(
      expect.arrayContaining(["ip-restriction", "acl", "rate-limiting", "request-termination", "overlay-route"]),
    );
    expect(works({ authentication: "key-auth", authenticated: true })).toContain("rate-limiting");
  });

  it("without a route only what runs in the rewrite phase works", () => {
    expect(works({ category: "abuse", routed: false })).toEqual(["decision", "hot-patch"]);
    expect(works({ routed: false, feed: "route" })).toEqual(["hot-patch"]);
  });

  it("errors are nobody's: no vehicle that chooses senders removes them", () => {
    expect(works({ category: "mass_error" })).toEqual(["request-termination", "route-edit"]);
  });

  it("a data plane takes decisions only", () => expect(works({ mode: "data-plane" })).toEqual(["decision"]));

  it("only a global instance leads to overlay routes", () => {
    expect(works({})).toContain("overlay-route");
    for (const feed of ["route", "none"] as const) expect(works({ feed })).not.toContain("overlay-route");
  });

  it("says where a vehicle works only with a restriction", () => {
    expect(judgeVehicle("ip-restriction", { ...SITUATION, mode: "dbless" })).toMatchObject({
      works: true,
      note: expect.stringContaining("whole document"),
    });
    expect(judgeVehicle("hot-patch", { ...SITUATION, routed: false })).toMatchObject({
      note: expect.stringContaining("rewrite"),
    });
  });

  it("prefers what ends by itself", () => {
    expect(preferVehicle(["rate-limiting", "decision"], SITUATION)).toBe("decision");
    expect(preferVehicle(["rate-limiting", "hot-patch"], SITUATION)).toBe("hot-patch");
    expect(preferVehicle(["rate-limiting"], { ...SITUATION, authentication: "key-auth" })).toBeNull();
  });
});
