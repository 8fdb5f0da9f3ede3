import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'conflict-flow',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
};
