/** A number with its noun: `1 request`, `3 requests`, `2 addresses`. What does not end on `s` or `es` gives its plural. */
export function counted(count: number, one: string, many = one.endsWith("s") ? `${one}es` : `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
