import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'client',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
};
