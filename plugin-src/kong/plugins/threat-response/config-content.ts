const { sort, concat } = table;

/** A configuration's content as text: the same for two tables that say the same. Kong's own members (`__…`) do not count. */
export const describeContent = (value: unknown): string => {
  if (type(value) !== "table") return tostring(value);
  const parts: string[] = [];
  for (const [key, member] of pairs(value as Record<string, unknown>)) {
    const name = tostring(key);
    if (string.sub(name, 1, 2) !== "__") parts.push(`${name}=${describeContent(member)}`);
  }
  sort(parts);
  return `{${concat(parts, ";")}}`;
};
