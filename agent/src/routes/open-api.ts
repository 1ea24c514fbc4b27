import type { AppOptions } from "../app.ts";
import { EVERY_SCOPE } from "../auth/access.ts";
import { prefixSeen } from "../registration/path-prefix.ts";
import type { TypedApp } from "./typed-app.ts";

export function openApiRoute(app: TypedApp, { config }: AppOptions): void {
  app.get("/v1/openapi.json", { config: { access: EVERY_SCOPE }, schema: { hide: true } }, async ({ headers }) => ({
    ...app.swagger(),
    servers: [{ url: prefixSeen(headers, config.PATH_PREFIX) || "/" }],
  }));
}
