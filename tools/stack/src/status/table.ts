/** Lays out rows in columns: the first to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  const isNumeric = widths.map((_, column) =>
    rows.slice(1).every((row) => /^[\d.,]* ?(MiB|-)?$/.test(row[column] ?? '')),
  );
  const lay = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return isNumeric[column] === true ? cell.padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => row.map(lay).join('  ').trimEnd());
}
