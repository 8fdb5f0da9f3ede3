import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'llm-gateway',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
};
