/** First form. */
export function redactText(text: string, max: number): string {
  const [printable] = string.gsub(string.sub(text, 1, max), "[^\x20-\x7e]", "?");
  return printable;
}
