import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, startAdminServer } from "../../../test/support/admin-server.ts";
import { createAdminClient } from "./admin-client.ts";
import { createKonnectDriver } from "./konnect.ts";
import { remedyOfFailure } from "./way-in.ts";

let admin: AdminServer;
beforeEach(async () => {
  admin = await startAdminServer();
});
afterEach(() => admin.close());

const ask = (more: object = {}) => createAdminClient({ url: admin.url, retries: 0, ...more }).request("GET", "/");

describe("an Admin API that does not let the agent in is told with what to do", () => {
  it.each([
    [401, {}, "Set KONG_ADMIN_TOKEN."],
    [401, { token: "t" }, "KONG_ADMIN_TOKEN is wrong or has expired"],
    [403, {}, "Set KONG_ADMIN_TOKEN, or let"],
    [403, { token: "t" }, "docs/operations.md lists what its role has to allow"],
  ])("%i with %j", async (status, options, remedy) => {
    admin.misbehave({ times: 1, how: { status } });
    await expect(ask(options)).rejects.toMatchObject({
      code: "unauthorized",
      remedy: expect.stringContaining(remedy),
    });
  });

  it("TLS to a port without", async () => {
    await expect(ask({ url: admin.url.replace("http:", "https:") })).rejects.toMatchObject({
      code: "unreachable",
      remedy: expect.stringContaining("There is no TLS on that port: write http:// in KONG_ADMIN_URL"),
    });
  });

  it("no TLS to a port that speaks it", async () => {
    const body = "<html>400 The plain HTTP request was sent to HTTPS port</html>";
    admin.misbehave({ times: 1, how: { status: 400, body } });
    await expect(ask()).rejects.toMatchObject({ remedy: "That port speaks TLS: write https:// in KONG_ADMIN_URL." });
  });

  it("Konnect's, by Konnect's settings", async () => {
    admin.misbehave({ times: 9, how: { status: 401 } });
    const driver = createKonnectDriver({ region: "eu", controlPlane: "c", token: "t", url: admin.url, retries: 0 });
    await expect(driver.probe()).rejects.toMatchObject({
      remedy: expect.stringContaining("KONNECT_TOKEN is wrong or has expired"),
    });
  });
});

it.each([
  ["SELF_SIGNED_CERT_IN_CHAIN", "NODE_EXTRA_CA_CERTS"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "NODE_EXTRA_CA_CERTS"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "the name that is in the certificate"],
  ["CERT_HAS_EXPIRED", "renew it"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "a listener without"],
])("a certificate's problem %s is not taken for a wrong address", (code, remedy) => {
  expect(remedyOfFailure(code, { url: "KONG_ADMIN_URL", token: "KONG_ADMIN_TOKEN", hasToken: false })).toContain(
    remedy,
  );
});

it("paths below KONG_ADMIN_URL, as of a workspace, stay in front of all others", async () => {
  await createAdminClient({ url: `${admin.url}/team-a/`, retries: 0 })
    .request("GET", "/services?size=1000")
    .catch(() => null);
  expect(admin.requests).toEqual(["GET /team-a/services?size=1000"]);
});
