import { topology } from '../topology.ts';
import { databaseUrlsOf, withoutDatabase } from './database-roles.ts';

const rows = topology;
const owner = 'postgres://agon@127.0.0.1:7611/agon';
const urls = new Map([['postgres', owner]]);
const seats = rows.map((row) => ({ name: row.name, row, port: row.port }));
const elsewhere = seats.filter(({ row }) => row.kind !== 'database');
const own = { AGON_CONFLICT_FLOW_DATABASE_URL: 'postgres://flow:secret@db/agon' };

describe('the way of each service into the database', () => {
  it('is a role of its own in a Postgres that the launcher brings', () => {
    expect(Object.fromEntries(databaseUrlsOf({ rows, seats, urls, environment: {} }))).toEqual({
      'conflict-flow': 'postgres://agon_conflict_flow@127.0.0.1:7611/agon',
      'stakeholder-actions': 'postgres://agon_stakeholder_actions@127.0.0.1:7611/agon',
      'social-circle': 'postgres://agon_social_circle@127.0.0.1:7611/agon',
      'llm-gateway': 'postgres://agon_llm_gateway@127.0.0.1:7611/agon',
      gateway: 'postgres://agon_gateway@127.0.0.1:7611/agon',
    });
  });

  it('is what the operator says in another, and the owner’s where nothing is said', () => {
    const environment = { ...own, AGON_GATEWAY_DATABASE_URL: '' };
    expect([...databaseUrlsOf({ rows, seats: elsewhere, urls, environment })]).toEqual([
      ['conflict-flow', own.AGON_CONFLICT_FLOW_DATABASE_URL],
    ]);
  });

  it('can’t be said without the owner’s', () => {
    expect(() => databaseUrlsOf({ rows, seats, urls, environment: own })).toThrow(
      'AGON_CONFLICT_FLOW_DATABASE_URL is set without DATABASE_URL',
    );
  });

  it('is known to nobody else', () => {
    expect(withoutDatabase({ ...own, DATABASE_URL: owner, AGON_STATE: 's' })).toEqual({ AGON_STATE: 's' });
  });
});
