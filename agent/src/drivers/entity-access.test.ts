import { expect, test } from "vitest";
import type { AdminClient } from "./admin-client.ts";
import { createEntityAccess } from "./entity-access.ts";

const SERVICES = [
  { id: "a", tags: ["ours", "x"] },
  { id: "b", tags: null },
  { id: "c", tags: ["x"] },
];

function recorded() {
  const asked: string[] = [];
  const request = async (_method: string, path: string) => {
    asked.push(path);
    return { data: path.includes("tags=ours") ? SERVICES.slice(0, 1) : SERVICES };
  };
  return { asked, client: { request } as unknown as AdminClient };
}

test.each([
  ["lets the gateway look for a tag", {}, "/services?size=1000&tags=ours"],
  [
    "looks for it itself where the gateway stumbles over entities without tags",
    { isFilteredHere: true },
    "/services?size=1000",
  ],
])("%s", async (_name, options, path) => {
  const { asked, client } = recorded();
  expect(await createEntityAccess(client, options).list("services", "ours")).toEqual([SERVICES[0]]);
  expect(asked).toEqual([path]);
});
