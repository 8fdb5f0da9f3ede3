import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'gateway',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  // A file of test/ starts every process of an installation: one at a time is what a small machine holds.
  maxWorkers: 1,
  testTimeout: 120_000,
};
