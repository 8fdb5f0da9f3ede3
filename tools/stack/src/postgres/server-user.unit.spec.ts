import { parseUser } from './server-user.ts';

const passwd = 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n';

describe('parseUser', () => {
  it('reads user and group id', () => {
    expect(parseUser(passwd, 'nobody')).toEqual({ uid: 65534, gid: 65533 });
  });

  it('does not take a part of a name for the name', () => {
    expect(parseUser(passwd, 'no')).toBeUndefined();
    expect(parseUser(passwd, 'postgres')).toBeUndefined();
  });
});
