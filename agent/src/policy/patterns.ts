/** Whether one of the names is one of the patterns; `*` stands for any text, `?` for one character. */
export function matchesAny(patterns: readonly string[], names: readonly (string | null | undefined)[]): string | null {
  for (const pattern of patterns) {
    const expression = expressionOf(pattern);
    for (const name of names) if (name !== undefined && name !== null && expression.test(name)) return name;
  }
  return null;
}

function expressionOf(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\*+/g, ".*").replaceAll("?", ".")}$`, "s");
}
