import { lockProblems } from './lock-file.ts';

const lockOf = (packages: object): string => JSON.stringify({ lockfileVersion: 3, packages });
const tool = { version: '1.0.0', optionalDependencies: { 'tool-linux': '1.0.0', 'tool-mac': '1.0.0' } };
const platform = { version: '1.0.0', optional: true };

describe('lockProblems', () => {
  it('finds the platform package that npm left out', () => {
    const packages = { '': {}, 'node_modules/tool': tool, 'node_modules/tool-linux': platform };
    expect(lockProblems(lockOf(packages))).toEqual([
      'package-lock.json: tool-mac, optional for node_modules/tool, is missing: "npm ci" would fail',
    ]);
  });

  it('looks where Node looks: inside the package, beside it, and above', () => {
    const packages = {
      'node_modules/outer/node_modules/tool': tool,
      'node_modules/outer/node_modules/tool/node_modules/tool-linux': platform,
      'node_modules/tool-mac': platform,
    };
    expect(lockProblems(lockOf(packages))).toEqual([]);
  });

  it('looks at what the root itself may have', () => {
    expect(lockProblems(lockOf({ '': { optionalDependencies: { runtime: '1.0.0' } } }))).toHaveLength(1);
  });

  it('refuses the address of a registry, not the links of workspaces', () => {
    const packages = {
      'node_modules/@agon/contracts': { resolved: 'libs/contracts', link: true },
      'node_modules/tool': { version: '1.0.0', resolved: 'https://registry.example/tool/-/tool-1.0.0.tgz' },
    };
    expect(lockProblems(lockOf(packages))).toEqual([
      'package-lock.json: node_modules/tool has the address it came from: remove "resolved"',
      'package-lock.json names a host that packages come from',
    ]);
  });

  it('says so when it is no lock file', () => {
    expect(lockProblems('{}')).toHaveLength(1);
  });
});
