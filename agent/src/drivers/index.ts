export { createAdminApiDriver, type GatewayDriver } from "./admin-api.ts";
export { AdminApiError, createAdminClient } from "./admin-client.ts";
