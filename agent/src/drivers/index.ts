export { createAdminApiDriver } from "./admin-api.ts";
export { createAdminClient } from "./admin-client.ts";
export { AdminApiError } from "./admin-error.ts";
export { createDriver, type GatewayConfig } from "./create-driver.ts";
export type { GatewayDriver } from "./gateway.ts";
