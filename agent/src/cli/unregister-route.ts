import { readConfig } from "../config.ts";
import { createDriver } from "../drivers/index.ts";
import { AgentError } from "../errors.ts";
import { unregister } from "../registration/register.ts";

/** Takes the agent's own Service and Route out of the gateway again; needs neither database nor agent. */
export async function unregisterRoute(): Promise<void> {
  const config = readConfig(process.env);
  const driver = createDriver(config);
  if (driver === null) throw new AgentError("CONFIG_INVALID", { problems: "  KONG_ADMIN_URL has to be set" });
  const removed = await unregister(driver, config.GATEWAY_NAME);
  process.stdout.write(`${removed.length > 0 ? `removed ${removed.join(", ")}` : "nothing was registered"}\n`);
}
