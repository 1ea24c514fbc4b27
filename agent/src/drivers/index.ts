export { createAdminApiDriver, type GatewayDriver } from "./admin-api.ts";
export { createAdminClient } from "./admin-client.ts";
export { AdminApiError } from "./admin-error.ts";
