/** Numbers that name a person or an account. */

const MASK = "[redacted]";

function digitsOf(text: string): string {
  const [digits] = string.gsub(text, "%D", "");
  return digits;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (const i of $range(1, digits.length)) {
    let digit = string.byte(digits, digits.length + 1 - i) - 48;
    if (i % 2 === 0) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}

function isCard(text: string): boolean {
  const digits = digitsOf(text);
  return (
    digits.length >= 13 && digits.length <= 19 && passesLuhn(digits) && string.find(digits, "[1-9]")[0] !== undefined
  );
}

function isIban(text: string): boolean {
  const [compact] = string.gsub(string.upper(text), "[ +-]", "");
  if (compact.length < 15 || compact.length > 34) return false;
  const turned = string.sub(compact, 5) + string.sub(compact, 1, 4);
  let rest = 0;
  for (const i of $range(1, turned.length)) {
    const byte = string.byte(turned, i);
    rest = byte >= 65 ? (rest * 100 + byte - 55) % 97 : (rest * 10 + byte - 48) % 97;
  }
  return rest === 1;
}

/** Words that follow look like further groups: the longest part that adds up is the number. */
function maskIban(text: string): string {
  for (let length = text.length; length >= 15; length--) {
    if (isIban(string.sub(text, 1, length))) return MASK + string.sub(text, length + 1);
  }
  return text;
}

function maskCard(run: string): string {
  return isCard(run) ? MASK : run;
}

const IDENTIFIERS = [
  "%f[%w]%d%d%d%-%d%d%-%d%d%d%d%f[%W]",
  "%f[%w]%d%d%d%.%d%d%d%.%d%d%d%-%d%d%f[%W]",
  "%f[%w][A-Z][A-Z][ +]?%d%d[ +]?%d%d[ +]?%d%d[ +]?[A-D]%f[%W]",
  "%+%d[%d +.()%-]+%d%d%d",
  "%(%d%d%d%) ?%d%d%d[ .%-]%d%d%d%d",
  "%f[%w]%d%d%d[ +.%-]%d%d%d[ +.%-]%d%d%d%d%f[%W]",
];

/** Masks payment cards (Luhn), IBAN (mod 97), national identifiers and telephone numbers. */
export function maskNumbers(text: string): string {
  if (string.find(text, "%d%d")[0] === undefined) return text;
  let [masked] = string.gsub(text, "%f[%w]%a%a%d%d[%w +-]+", maskIban);
  [masked] = string.gsub(masked, "%d[%d +-]+%d", maskCard);
  for (const pattern of IDENTIFIERS) [masked] = string.gsub(masked, pattern, MASK);
  return masked;
}
