import { endLoading } from "./begin-loading.ts";
import { type Config, configure, instanceOf } from "./configure.ts";
import { countFailOpen, countServed } from "./health.ts";
import { inspectAccess, inspectLog, inspectRewrite } from "./inspect.ts";
import { startTimers } from "./timers.ts";

endLoading();

const rewrite = (config: Config): void => inspectRewrite(instanceOf(config));
const access = (config: Config): void => inspectAccess(instanceOf(config));
const log = (config: Config): void => inspectLog(instanceOf(config));

/** Whatever goes wrong in here, the request goes on. */
const guard = <T>(phase: string, run: (this: void, argument: T) => void, argument: T): void => {
  const [ok, reason] = pcall(run, argument);
  if (!ok) countFailOpen(phase, reason);
};

const handler = {
  PRIORITY: 2450,
  VERSION: "0.1.0",

  init_worker(): void {
    startTimers();
  },

  configure(configs?: Config[]): void {
    guard("configure", configure, configs);
  },

  rewrite(config: Config): void {
    guard("rewrite", rewrite, config);
  },

  access(config: Config): void {
    guard("access", access, config);
  },

  log(config: Config): void {
    guard("log", log, config);
    countServed();
  },
};

export = handler;
