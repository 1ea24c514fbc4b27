/**
 * Imported before all else: until `endLoading` nothing is compiled. What builds tables runs once, and its traces would stay in the heap of every
 * worker for as long as it runs, ten parts in a hundred of all that the plugin holds.
 */
const [wasOn] = jit.status();
if (wasOn) jit.off();

export const endLoading = (): void => {
  if (wasOn) jit.on();
};
