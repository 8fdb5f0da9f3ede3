import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'cli',
  rootDir: import.meta.dirname,
  // Starting servers, and each run of the command line, takes long on a busy machine.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
};
