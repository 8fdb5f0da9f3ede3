import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'stakeholder-actions',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
};
