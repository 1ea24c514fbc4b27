import { generateKeyPairSync, sign } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearer, openTestAgent, type TestAgent } from "../../../test/support/agent.ts";
import {
  CONTROL_PLANE,
  KONNECT_TOKEN,
  type KonnectServer,
  startKonnectServer,
} from "../../../test/support/konnect-server.ts";
import { listMarkers } from "../store/history.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const NOW = Date.now();

let agent: TestAgent;
let konnect: KonnectServer;
beforeAll(async () => {
  konnect = await startKonnectServer();
  konnect.auditKeys.push({ ...publicKey.export({ format: "jwk" }), alg: "EdDSA", kid: "1" });
  agent = await openTestAgent({
    KONNECT_CONTROL_PLANE_ID: CONTROL_PLANE,
    KONNECT_TOKEN,
    KONNECT_URL: konnect.url,
  });
});
afterAll(async () => {
  await agent.close();
  await konnect.close();
});

const signature = (text: string) => sign(null, Buffer.from(text), privateKey).toString("base64url");

/** As documented: the signature is the last member, and over everything before it. */
function json(given: object = {}): string {
  const entry = {
    act: "PUT",
    cef_version: 0,
    event_class_id: "KongGateway",
    event_product: "Konnect",
    name: "Ingress",
    principal_id: "87655c36-8d63-48fe-9a1e-53b28dfbc19b",
    query: "{}",
    request: `/v2/control-planes/${CONTROL_PLANE}/core-entities/services/s1`,
    rt: String(NOW),
    status: 200,
    trace_id: 6891110586028963,
    ...given,
  };
  const text = JSON.stringify(entry);
  return text.replace(/\}$/, `,"sig":"${signature(text)}"}`);
}

function cef(method: string): string {
  const text = `2026-05-16T20:09:54Z konghq.com CEF:0|KongInc|Konnect|1.0|KongGateway|Ingress|1|rt=${NOW + 1} src=127.0.0.6 request=/konnect-api/api/control_planes/${CONTROL_PLANE}/routes act=${method} status=201 principal_id=p-2 user_agent=Mozilla/5.0 (X11; Linux) trace_id=1`;
  return `${text} sig=${signature(text)}`;
}

const post = (lines: string[], scope: "ci" | "viewer" = "ci", zip = true) => {
  const text = lines.join("\n");
  const type = { "content-type": "text/plain", "content-encoding": "application/gzip" };
  return agent.app.inject({
    method: "POST",
    url: "/v1/konnect/audit-logs",
    payload: zip ? gzipSync(text) : text,
    headers: { ...bearer(scope), ...type },
  });
};
const markers = async () =>
  (await listMarkers(agent.store.db, "default", 0)).map(({ actor, note, source }) => [actor, note, source]);

describe("Konnect's audit log", () => {
  it("tells who changed the control plane, once, in either format", async () => {
    const lines = [
      json(),
      cef("POST"),
      json({ act: "GET" }),
      json({ status: 403 }),
      json({ request: "/v2/control-planes/other" }),
    ];
    expect((await post(lines)).json()).toEqual({ kept: 2, refused: 0 });
    expect((await post(lines, "ci", false)).statusCode).toBe(202);
    expect(await markers()).toEqual([
      ["konnect p-2", "POST /routes", "konnect"],
      ["konnect 87655c36-8d63-48fe-9a1e-53b28dfbc19b", "PUT /core-entities/services/s1", "konnect"],
    ]);
  });

  it("is taken from Konnect alone", async () => {
    const before = await markers();
    const forged = json().replace("services/s1", "services/s2");
    expect((await post([forged, '{"act":"PUT"}', cef("PUT").replace(/ sig=.*/, "")])).json()).toEqual({
      kept: 0,
      refused: 3,
    });
    expect((await post([json()], "viewer")).statusCode).toBe(403);
    expect(await markers()).toEqual(before);
  });
});
