/** Plain columns: the first to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("   ");
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width + 3, -3));
  const [head, ...body] = rows;
  return [line(head ?? []), rule, ...body.map(line)].map((text) => `  ${text}`).join("\n");
}
