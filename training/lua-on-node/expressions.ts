/** `ngx.re.find` on JavaScript's expressions: the rules use nothing that reads differently, but for two forms that are rewritten. */
const compiled = new Map<string, RegExp>();

function compile(expression: string): RegExp {
  let known = compiled.get(expression);
  if (known === undefined) {
    // Case matters in neither then, and runs may be given back: both only cost time.
    known = new RegExp(expression.replaceAll("(?-i:", "(?:").replaceAll(")*+", ")*"), "ig");
    compiled.set(expression, known);
  }
  return known;
}

export function find(text: string, expression: string, _options: string, context?: { pos: number }): number[] {
  const known = compile(expression);
  known.lastIndex = (context?.pos ?? 1) - 1;
  const match = known.exec(text);
  return match === null ? [] : [match.index + 1, match.index + match[0].length];
}
