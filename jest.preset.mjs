import { readFileSync } from 'node:fs';

const swc = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));

export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: 'inline' }] },
  testEnvironmentOptions: { customExportConditions: ['@agon/source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['/dist/', '/.cache/'],
};
