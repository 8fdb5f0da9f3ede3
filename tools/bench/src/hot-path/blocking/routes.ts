import type { CallKind } from '../calls.ts';

const ROUTES: readonly (readonly [RegExp, CallKind])[] = [
  [/\/choices$/, 'choice'],
  [/\/scenes\/sync$/, 'sync'],
  [/\/resolve$/, 'resolve'],
  [/\/conflicts$/, 'create'],
];

/** The kind of a write of the API; undefined for those that ask no model. */
export function kindOf(path: string, body: string): CallKind | undefined {
  if (path.endsWith('/events')) return /"type":"StakeholderActed"/.test(body) ? 'act' : 'progress';
  return ROUTES.find(([route]) => route.test(path))?.[1];
}
