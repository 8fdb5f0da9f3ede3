import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'social-circle',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
};
