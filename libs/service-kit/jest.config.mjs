import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'service-kit',
  rootDir: import.meta.dirname,
  // Starting servers takes long on a busy machine.
  testTimeout: 30_000,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
};
