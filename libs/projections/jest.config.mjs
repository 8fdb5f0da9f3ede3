import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'projections',
  rootDir: import.meta.dirname,
  // Starting servers takes long on a busy machine.
  testTimeout: 30_000,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
};
