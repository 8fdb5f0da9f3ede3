/** The parts of package-lock.json (version 3) that are looked at. */
interface LockedPackage {
  readonly resolved?: unknown;
  readonly link?: unknown;
  readonly optionalDependencies?: unknown;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Node's own look-up: beside the package, then in every folder above. */
function isFound(packages: Record<string, unknown>, from: string, name: string): boolean {
  for (let place = from; ;) {
    const prefix = place === '' ? '' : `${place}/`;
    if (packages[`${prefix}node_modules/${name}`] !== undefined) return true;
    if (place === '') return false;
    const above = place.lastIndexOf('/node_modules/');
    place = above === -1 ? '' : place.slice(0, above);
  }
}

function problemsOf(packages: Record<string, unknown>, path: string, locked: LockedPackage): string[] {
  const problems: string[] = [];
  const { resolved, link, optionalDependencies } = locked;
  // The links of the workspaces say where they lead; anything else would be the address of a registry.
  if (resolved !== undefined && link !== true) {
    problems.push(`package-lock.json: ${path} has the address it came from: remove "resolved"`);
  }
  for (const name of isRecord(optionalDependencies) ? Object.keys(optionalDependencies) : []) {
    if (isFound(packages, path, name)) continue;
    problems.push(`package-lock.json: ${name}, optional for ${path || 'the root'}, is missing: "npm ci" would fail`);
  }
  return problems;
}

/**
 * Looks for what makes `npm ci` fail on another machine: platform packages that npm left out of the lock because the
 * registry did not serve them, and addresses of one registry.
 * @param text package-lock.json
 * @returns a line per problem
 */
export function lockProblems(text: string): string[] {
  const lock: unknown = JSON.parse(text);
  const packages = isRecord(lock) ? lock['packages'] : undefined;
  if (!isRecord(packages)) return ['package-lock.json has no packages: make it anew with "npm i"'];
  const problems = Object.entries(packages).flatMap(([path, locked]) =>
    isRecord(locked) ? problemsOf(packages, path, locked) : [],
  );
  if (/"(?:git\+)?(?:https?|ssh|git):\/\/[^"]*\.(?:tgz|tar\.gz|git)[^"]*"/.test(text)) {
    problems.push('package-lock.json names a host that packages come from');
  }
  return problems;
}
