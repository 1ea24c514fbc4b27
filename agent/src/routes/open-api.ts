import { EVERY_SCOPE } from "../auth/access.ts";
import type { TypedApp } from "./typed-app.ts";

export function openApiRoute(app: TypedApp): void {
  app.get("/v1/openapi.json", { config: { access: EVERY_SCOPE }, schema: { hide: true } }, async () => app.swagger());
}
