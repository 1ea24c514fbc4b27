let failures = 0;
let said = 0;

/** How often this worker let a request pass because of an error of the plugin itself. */
export const failOpenCount = (): number => failures;

/** Counts an error that let a request pass, and says so at most once in ten seconds. */
export const countFailOpen = (phase: string, reason: unknown): void => {
  failures += 1;
  const now = ngx.time();
  if (now - said < 10) return;
  said = now;
  ngx.log(
    ngx.ERR,
    "[threat-response] ",
    phase,
    " failed, the request was let through (",
    failures,
    " so far): ",
    tostring(reason),
  );
};
