import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'faults',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  // A scenario starts every process of an installation: one at a time is what a small machine holds.
  maxWorkers: 1,
  testTimeout: 300_000,
};
