import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CONTROL_PLANE, KONNECT_TOKEN, type KonnectServer, startKonnectServer } from "../support/konnect-server.ts";
import { createFakePrograms, type FakePrograms, runScript } from "../support/template.ts";

const PLUGIN = new URL("../../lua-dist/kong/plugins/threat-response", import.meta.url).pathname;

/** A cluster that keeps secrets as files: `create … --dry-run` names what `apply` then keeps, `get` gives it back. */
const KUBECTL = (cluster: string) => `
[ "$1" != --namespace ] || shift 2
case "$1 $2" in
  "get secret") [ ! -f '${cluster}/'"$3" ] || case "$*" in *json*) jq -Rs '{data: {"tls.crt": @base64}}' '${cluster}/'"$3" ;; *) echo "secret/$3" ;; esac ;;
  "create secret")
    name=$4 content=x
    while [ $# -gt 0 ]; do [ "$1" != --cert ] || content=$(cat "$2"); shift; done
    printf '%s\\n%s\\n' "$name" "$content" ;;
  create*) echo "other" ;;
  apply*) read -r name; cat >'${cluster}/'"$name" ;;
esac`;

let directory: string;
let fakes: FakePrograms;
let konnect: KonnectServer;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "konnect-install-"));
  fakes = createFakePrograms(join(directory, "bin"));
  fakes.add("kubectl", KUBECTL(directory));
  fakes.add("helm", `while [ $# -gt 0 ]; do [ "$1" != --values ] || cp "$2" '${directory}/values.json'; shift; done`);
  fakes.add("curl", `exec "$(type -ap curl | sed -n 2p)" "$@"`);
  konnect = await startKonnectServer();
});
afterEach(async () => {
  await konnect.close();
  rmSync(directory, { recursive: true });
});

const install = (given: Record<string, string> = {}) =>
  runScript("install-konnect.sh", [], {
    cwd: directory,
    fakes,
    env: {
      KONNECT_ADDR: konnect.url,
      KONNECT_TOKEN,
      KONNECT_CONTROL_PLANE: "production",
      PLUGIN_DIRECTORY: PLUGIN,
      ...given,
    },
  });
const values = () => JSON.parse(readFileSync(join(directory, "values.json"), "utf8"));
const everyArgument = () => ["kubectl", "helm", "curl"].flatMap((name) => fakes.calls(name).flat()).join("\n");

describe("installing Kong for Konnect on Kubernetes", () => {
  it("makes control plane, certificate, schema, code and data planes", async () => {
    expect(await install()).toMatchObject({
      status: 0,
      text: expect.stringContaining(`production (${CONTROL_PLANE})`),
    });
    expect([...konnect.installation.controlPlanes.keys()]).toEqual(["production"]);
    expect(konnect.installation.certificates).toHaveLength(1);
    expect(konnect.installation.pluginSchemas.get("threat-response")).toBe(
      readFileSync(join(PLUGIN, "schema.lua"), "utf8"),
    );
    expect(fakes.calls("helm")).toEqual([
      expect.arrayContaining(["upgrade", "--install", "kong", "--version", "3.4.1", "--namespace", "kong"]),
    ]);
    const { env, plugins, customEnv, secretVolumes } = values();
    expect(env).toMatchObject({
      role: "data_plane",
      cluster_control_plane: "abc123.us.cp0.konghq.test:443",
      cluster_telemetry_server_name: "abc123.us.tp0.konghq.test",
      cluster_cert: "/etc/secrets/kong-cluster-cert/tls.crt",
    });
    expect(secretVolumes).toEqual(["kong-cluster-cert"]);
    expect(plugins.configMaps[0].subdirectories).toContainEqual({
      name: "threat-response-payload-model",
      path: "payload/model",
    });
    expect(Object.keys(customEnv)).toEqual([
      "threat_response_ingest_secret",
      "threat_response_feed_secret",
      "threat_response_hash_key",
    ]);
    const maps = fakes.calls("kubectl").filter((call) => call.includes("configmap"));
    expect(maps).toHaveLength(plugins.configMaps[0].subdirectories.length + 1);
  });

  it("changes nothing but versions when it is run again", async () => {
    await install();
    const [first, certificate] = [values(), konnect.installation.certificates[0]];
    expect(await install()).toMatchObject({ status: 0 });
    expect(konnect.installation.certificates).toEqual([certificate]);
    expect(konnect.requests.filter((line) => line.startsWith("POST"))).toEqual([
      "POST /v2/control-planes",
      `POST /v2/control-planes/${CONTROL_PLANE}/dp-client-certificates`,
      `POST /v2/control-planes/${CONTROL_PLANE}/core-entities/plugin-schemas`,
    ]);
    expect(values()).toEqual(first);
    expect(fakes.calls("kubectl").filter((call) => call.includes("secret") && call.includes("create"))).toHaveLength(2);
  });

  it("never makes the token or a key an argument", async () => {
    await install();
    expect(everyArgument()).toContain("dp-client-certificates");
    expect(everyArgument()).not.toContain(KONNECT_TOKEN);
    expect(everyArgument()).not.toContain("BEGIN");
    const file = join(directory, "token");
    writeFileSync(file, `${KONNECT_TOKEN}\n`);
    expect(await install({ KONNECT_TOKEN: "", KONNECT_TOKEN_FILE: file })).toMatchObject({ status: 0 });
  });

  it("leaves the plugin out where there is none, and says what is wrong", async () => {
    expect(await install({ PLUGIN_DIRECTORY: "" })).toMatchObject({ status: 0 });
    expect([values().plugins, konnect.installation.pluginSchemas.size]).toEqual([undefined, 0]);
    expect(await install({ PLUGIN_DIRECTORY: directory })).toMatchObject({
      status: 1,
      text: expect.stringContaining("no schema.lua"),
    });
    expect(await install({ KONNECT_CONTROL_PLANE: "a b" })).toMatchObject({
      status: 1,
      text: expect.stringContaining("KONNECT_CONTROL_PLANE"),
    });
    expect(await install({ KONNECT_TOKEN: "wrong" })).toMatchObject({
      status: 1,
      text: expect.stringContaining("answered 401"),
    });
    expect(await install({ KONNECT_TOKEN: 'a"b' })).toMatchObject({
      status: 1,
      text: expect.stringContaining("KONNECT_TOKEN"),
    });
  });
});
