/** Starts this worker's timers. */
export const startTimers = (): void => {};
