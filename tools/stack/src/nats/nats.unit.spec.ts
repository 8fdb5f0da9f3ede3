import { keyringsOf, mirrorOf } from './fetch-nats.ts';
import { isRecent } from './find-nats.ts';

describe('isRecent', () => {
  it.each([
    ['nats-server: v2.15.1', true],
    ['nats-server: v2.11.0', true],
    ['nats-server: v2.10.27', false],
    ['nats-server: v2.9.10', false],
    ['nats-server: v3.0.0', true],
    ['', false],
  ])('%p: %p', (text, recent) => {
    expect(isRecent(text)).toBe(recent);
  });
});

describe('mirrorOf', () => {
  const targets = [
    'tor://mirror/security/|bookworm-security|main|Packages',
    'tor://mirror/debian/|bookworm|main|Translations',
    'tor://mirror/extra/|bookworm|contrib|Packages',
    'tor://mirror/debian/|bookworm|main|Packages',
  ].join('\n');

  it("is where the system's own release comes from", () => {
    expect(mirrorOf(targets, 'bookworm')).toBe('tor://mirror/debian/');
  });

  it('is not a mirror of something else', () => {
    expect(mirrorOf(targets, 'trixie')).toBeUndefined();
    expect(mirrorOf('', 'bookworm')).toBeUndefined();
  });
});

describe('keyringsOf', () => {
  it("takes the distribution's own keys and no one else's, nor those it withdrew", () => {
    const files = [
      'debian-archive-keyring.gpg',
      'debian-archive-trixie-stable.gpg',
      'debian-archive-removed-keys.gpg',
      'nodesource.gpg',
      'debian-archive-keyring.gpg.bak',
    ];
    expect(keyringsOf(files)).toEqual(['debian-archive-keyring.gpg', 'debian-archive-trixie-stable.gpg']);
  });
});
