/** One import of a module, as its text says it. */
export interface Import {
  readonly from: string;
  /** `import type`: nothing is loaded. */
  readonly typeOnly: boolean;
}

// TypeScript 7 has no API to parse with. A statement begins a line (prettier sees to that), and its module is the next
// quoted text; a quote inside the braces cannot occur.
const statement = /^(?:import|export)\s+(type\s+)?(?:[^'"`;=(]*?\bfrom\s+)?['"]([^'"\n]+)['"]/gm;
const dynamic = /\b(?:import|require)\(\s*['"`]([^'"`\n]+)['"`]\s*[,)]/g;

/** Every module that a source file imports, re-exports or loads. */
export function importsOf(source: string): Import[] {
  const found: Import[] = [];
  for (const [, type, from] of source.matchAll(statement)) {
    if (from !== undefined) found.push({ from, typeOnly: type !== undefined });
  }
  for (const [, from] of source.matchAll(dynamic)) {
    if (from !== undefined) found.push({ from, typeOnly: false });
  }
  return found;
}
