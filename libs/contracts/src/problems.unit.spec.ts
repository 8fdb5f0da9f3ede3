import { Problem, problems } from './problems.ts';

describe('problems', () => {
  it.each(Object.entries(problems))('%s is an error with a title', (code, { status, title }) => {
    expect(code).toMatch(/^[a-z_]+$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    const problem = { type: 'about:blank', title, status, code };
    expect(Problem.parse(problem)).toEqual(problem);
  });
});
