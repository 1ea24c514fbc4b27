import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../../support/http.ts";
import { entitiesOf, merge, pluginConfig } from "../entities.ts";
import { injection } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

const SECRET = "one secret for all of it";

/** What is wrong, and what the message has to say. */
const INVALID: Record<string, [config: object, says: RegExp]> = {
  "an unknown mode": [{ mode: "shout" }, /mode.*expected one of: monitor, enforce/],
  "an unknown member": [{ moods: "enforce" }, /moods.*unknown field/],
  "an address that is none": [{ allow: { cidrs: ["203.0.113.300"] } }, /cidrs.*expected an IPv4 or IPv6 address/],
  "a prefix too long": [{ trusted_proxies: ["10.0.0.0/33"] }, /prefix length has to be 0 to 32/],
  "a flag above the block": [{ thresholds: { flag: 90, block: 50 } }, /'flag' has to be at most 'block'/],
  "a number out of bounds": [{ login: { window_s: 0 } }, /window_s.*value should be between 5 and 3600/],
  "an agent without a key": [{ agent: { url: "http://127.0.0.1:1", key_id: null } }, /'key_id' is required with 'url'/],
  "one secret for both": [
    { agent: { secret: SECRET, feed_secret: SECRET } },
    /'feed_secret' has to differ from 'secret'/,
  ],
  "an agent's URL with a password": [{ agent: { url: "http://a:b@127.0.0.1:1" } }, /without user, query or fragment/],
  "a secret too short": [{ hash_key: "short" }, /hash_key.*length must be at least 16/],
};

let world: World;

beforeAll(async () => {
  world = await startWorld({ agent: false });
});
afterAll(() => world?.stop());

describe("an invalid configuration of the plugin", () => {
  for (const [name, [over, says]] of Object.entries(INVALID)) {
    test(`with ${name} is refused with a message that says so, and what was there goes on`, async () => {
      const agentUrl = "http://127.0.0.1:9";
      const config = merge(pluginConfig(agentUrl), over as never);
      const plugin = { name: "threat-response", config };
      const checked = await call(`${world.gateway.adminUrl}/schemas/plugins/validate`, { body: plugin });
      expect(checked.status).toBe(400);
      expect(checked.text).toMatch(says);

      const document = entitiesOf({ upstreamUrl: "http://127.0.0.1:9", agentUrl, plugin: over });
      const loaded = await call(`${world.gateway.adminUrl}/config`, { body: document });
      expect(loaded.status).toBe(400);
      expect(loaded.text).toMatch(says);
      expect((await world.send({ from: "192.0.2.1" })).status).toBe(200);
      expect((await world.send(injection("203.0.113.2"))).status).toBe(403);
    });
  }
});
