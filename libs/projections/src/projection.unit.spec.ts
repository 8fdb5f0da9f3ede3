import { counter } from '../test/examples.ts';
import { defineProjection } from './projection.ts';
import { qualifiedTable } from './tables.ts';

describe('a projection', () => {
  it('has a table per service, name and version', () => {
    expect(qualifiedTable('conflict-flow', counter)).toBe('agon_read.conflict_flow_act_counter_v1');
  });

  it.each(['Feed', 'story_feed', 'story--feed', '-feed', 'feed; drop table x', ''])('refuses the name "%s"', (name) => {
    expect(() => defineProjection({ ...counter, name })).toThrow('kebab-case');
    expect(() => qualifiedTable(name, counter)).toThrow('kebab-case');
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses version %s', (version) => {
    expect(() => defineProjection({ ...counter, version })).toThrow('whole number');
  });

  it('refuses a name that Postgres would cut off', () => {
    expect(() => qualifiedTable('service', { name: 'a'.repeat(50), version: 1 })).toThrow('too long');
  });
});
