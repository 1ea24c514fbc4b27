import type { Scenario } from "./scenario.ts";
import * as abuse from "./scenarios/abuse.ts";
import * as abuseLookAlikes from "./scenarios/abuse-look-alikes.ts";
import * as abuseSlow from "./scenarios/abuse-slow.ts";
import * as busyDays from "./scenarios/busy-days.ts";
import * as crowds from "./scenarios/crowds.ts";
import * as errors from "./scenarios/errors.ts";
import * as floods from "./scenarios/flood.ts";
import * as floodVariations from "./scenarios/flood-variations.ts";
import * as loginAnswers from "./scenarios/login-answers.ts";
import * as loginReleases from "./scenarios/login-releases.ts";
import * as loginVariations from "./scenarios/login-variations.ts";
import * as machines from "./scenarios/machines.ts";
import * as logins from "./scenarios/stuffing.ts";

/** All scenarios, in the order they are played. A new one is a file in `scenarios/` and a line here. */
export const SCENARIOS: readonly Scenario[] = [
  floods.sourceFlood,
  floods.distributedFlood,
  floods.serviceFlood,
  floods.unroutedFlood,
  floods.creepingFlood,
  logins.distributedStuffing,
  logins.rotatingStuffing,
  logins.spraying,
  abuse.probing,
  abuse.enumeration,
  abuse.scraping,
  abuse.quotaAnomaly,
  abuse.keyEnumeration,
  errors.partialOutage,
  errors.quietOutage,
  errors.wrongUpstream,
  errors.wrongAuthentication,
  errors.lostRoute,
  logins.loginOutage,
  logins.mondayMorning,
  busyDays.marketingPeak,
  busyDays.carrierAddress,
  busyDays.healthChecks,
  busyDays.nightAndDay,
  abuseLookAlikes.politeCrawler,
  abuseLookAlikes.brokenLinks,
  abuseLookAlikes.officeAddress,
  abuseLookAlikes.partnerKeys,
  errors.deploy,
  errors.retryStorm,
  errors.oneFailingClient,
  ...loginAnswers.attacks,
  ...loginAnswers.lookAlikes,
  loginVariations.slowStuffing,
  loginVariations.changingAgents,
  loginVariations.wideIpv6,
  loginVariations.narrowIpv6,
  loginVariations.hourlySpraying,
  loginVariations.behindNat,
  loginVariations.carrierIpv6,
  loginReleases.appRelease,
  loginReleases.brokenRelease,
  crowds.freshOffice,
  crowds.unknownProxy,
  crowds.lateOffice,
  crowds.inventedOffice,
  machines.nightBatch,
  machines.stolenKey,
  machines.fiftyPods,
  floodVariations.steepPeak,
  floodVariations.slowRamp,
  floodVariations.remainingSources,
  floodVariations.waves,
  abuseLookAlikes.searchCrawler,
  abuseLookAlikes.brokenClient,
  abuseLookAlikes.backOffice,
  errors.longDeploy,
  abuseSlow.slowTokens,
  abuseSlow.slowForeign,
  abuseSlow.slowMany,
  abuseSlow.staleLists,
  abuseSlow.oldBatch,
  abuseSlow.lostOrders,
  loginReleases.movingRelease,
  loginReleases.quietRelease,
  loginReleases.longOutage,
  loginReleases.attackInOutage,
  crowds.freshInvented,
];
