import type { ActionType } from "../store/schema.ts";
import type { ActionKind } from "./action-kind.ts";
import { allowSource } from "./allow-source.ts";
import { blockIdentity } from "./block-identity.ts";
import { blockSource } from "./block-source.ts";
import { disableService } from "./disable-service.ts";
import { drainTarget } from "./drain-target.ts";
import { hotPatch, hotPatchGateway } from "./hot-patch.ts";
import { limitBody } from "./limit-body.ts";
import { overlayRoute } from "./overlay-route.ts";
import { loosenPlugin, tightenPlugin } from "./plugin-thresholds.ts";
import { requireKey } from "./require-key.ts";
import { rerouteService } from "./reroute-service.ts";
import { restrictRoute } from "./restrict-route.ts";
import { blockConsumer, terminateRoute } from "./terminate.ts";
import { throttleConsumer, throttleGateway, throttleRoute, throttleService } from "./throttle.ts";
import { throttleClients } from "./throttle-clients.ts";

export const ACTION_KINDS: Record<ActionType, ActionKind> = {
  block_source: blockSource,
  block_identity: blockIdentity,
  allow_source: allowSource,
  throttle_clients: throttleClients,
  throttle_route: throttleRoute,
  throttle_service: throttleService,
  throttle_consumer: throttleConsumer,
  throttle_gateway: throttleGateway,
  hot_patch: hotPatch,
  hot_patch_gateway: hotPatchGateway,
  restrict_route: restrictRoute,
  limit_body: limitBody,
  terminate_route: terminateRoute,
  block_consumer: blockConsumer,
  require_key: requireKey,
  reroute_service: rerouteService,
  drain_target: drainTarget,
  disable_service: disableService,
  overlay_route: overlayRoute,
  tighten_plugin: tightenPlugin,
  loosen_plugin: loosenPlugin,
};
