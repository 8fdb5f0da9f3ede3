import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'messaging',
  // Real servers are stopped, started and given up on.
  testTimeout: 60_000,
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
};
