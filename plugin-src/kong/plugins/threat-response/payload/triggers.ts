/**
 * What makes the model look, besides the literals of rules: a text without any of these is not even decoded. Quotes inside words,
 * brackets after blanks, and single pipes, which ordinary text is full of, are not among them. A space stands for any white space.
 */
const AFTER_QUOTE = ` ,;)(]}<>=+-*/|&^!#%.:"'0123456789`;
const BEFORE_QUOTE = " =(,;:/>";
const SIGNS = [
  "`",
  "<",
  "\\",
  "^",
  "||",
  "|/",
  "|$",
  "&&",
  "${",
  "{{",
  "#{",
  "%{",
  "{%",
  "@{",
  "[$",
  "{$",
  "*)",
  ";/",
  ";$",
  "$(",
];

function quoted(): string[] {
  const triggers: string[] = [];
  for (const quote of ["'", '"']) {
    for (const i of $range(1, AFTER_QUOTE.length)) triggers.push(quote + string.sub(AFTER_QUOTE, i, i));
    for (const i of $range(1, BEFORE_QUOTE.length)) triggers.push(string.sub(BEFORE_QUOTE, i, i) + quote);
  }
  return triggers;
}

/** Calls: a bracket right after a letter. */
function called(): string[] {
  const triggers: string[] = [];
  for (const letter of $range(97, 122)) triggers.push(`${string.char(letter)}(`);
  return triggers;
}

function allTriggers(): string[] {
  const triggers = quoted();
  for (const call of called()) triggers.push(call);
  for (const sign of SIGNS) triggers.push(sign);
  return triggers;
}

export const TRIGGERS: string[] = allTriggers();
