/** How many bits of 32 are set; a loop for each that is. */
export const countBits = (bits: number): number => {
  let rest = bits;
  let count = 0;
  while (rest !== 0) {
    rest = rest & (rest - 1);
    count += 1;
  }
  return count;
};
