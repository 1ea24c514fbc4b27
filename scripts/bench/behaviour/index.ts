import type { Scenario } from "./scenario.ts";
import * as abuse from "./scenarios/abuse.ts";
import * as abuseVariations from "./scenarios/abuse-variations.ts";
import * as busyDays from "./scenarios/busy-days.ts";
import * as crowds from "./scenarios/crowds.ts";
import * as errors from "./scenarios/errors.ts";
import * as floods from "./scenarios/flood.ts";
import * as loginAnswers from "./scenarios/login-answers.ts";
import * as loginVariations from "./scenarios/login-variations.ts";
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
  abuse.politeCrawler,
  abuse.brokenLinks,
  abuse.officeAddress,
  abuse.partnerKeys,
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
  loginVariations.appRelease,
  loginVariations.brokenRelease,
  crowds.freshOffice,
  crowds.unknownProxy,
  crowds.lateOffice,
  crowds.inventedOffice,
  crowds.nightBatch,
  crowds.stolenKey,
  crowds.fiftyPods,
  crowds.steepPeak,
  crowds.slowRamp,
  crowds.remainingSources,
  abuseVariations.searchCrawler,
  abuseVariations.brokenClient,
  abuseVariations.backOffice,
  errors.longDeploy,
];
