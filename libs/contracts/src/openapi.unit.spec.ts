import { openApiDocument } from './openapi.ts';
import { REFINEMENT_TASKS } from './refinement-tasks.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const document: { [key: string]: Json } = JSON.parse(JSON.stringify(openApiDocument()));

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectAt = (of: Json | undefined, ...path: readonly string[]): { [key: string]: Json } => {
  const found = path.reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), of);
  if (!isObject(found)) throw new Error(`nothing at ${path.join('/')}`);
  return found;
};

/** Every value under a key, anywhere in the document. */
const allOf = (key: string, value: Json = document): Json[] => {
  if (Array.isArray(value)) return value.flatMap((item) => allOf(key, item));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => [...(name === key ? [item] : []), ...allOf(key, item)]);
};

const references = allOf('$ref').filter((reference) => typeof reference === 'string');

const operations = Object.entries(objectAt(document, 'paths')).flatMap(([path, methods]) =>
  Object.keys(objectAt(methods)).map((method) => ({ path, method, operation: objectAt(methods, method) })),
);
const writes = operations.filter(({ method }) => method !== 'get');

describe('the OpenAPI document', () => {
  it('is of version 3.1 and names every route once', () => {
    expect(document['openapi']).toBe('3.1.0');
    const ids = operations.map(({ operation }) => operation['operationId']);
    expect(new Set(ids).size).toBe(11);
    expect(ids).toHaveLength(11);
  });

  it('holds every schema that it refers to', () => {
    expect(references.length).toBeGreaterThan(20);
    for (const reference of new Set(references)) {
      expect(reference).toMatch(/^#\/components\//);
      expect(() => objectAt(document, ...reference.slice(2).split('/'))).not.toThrow();
    }
  });

  it('uses every schema that it holds', () => {
    const used = new Set(references.map((reference) => reference.split('/').at(-1)));
    const held = Object.keys(objectAt(document, 'components', 'schemas'));
    expect(held.filter((name) => !used.has(name))).toEqual([]);
  });

  it.each(operations)('$method $path names each of its path parameters', ({ path, operation }) => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const parameters = Array.isArray(operation['parameters']) ? operation['parameters'] : [];
    const named = parameters.filter((of) => isObject(of) && of['in'] === 'path');
    expect(named.map((of) => objectAt(of)['name'])).toEqual(inPath);
  });

  it.each(operations)('$method $path tells every error as problem details', ({ operation }) => {
    const responses = Object.entries(objectAt(operation, 'responses'));
    const failures = responses.filter(([status]) => Number(status) >= 400);
    expect(failures.map(([status]) => status)).toEqual(expect.arrayContaining(['400', '401', '503']));
    for (const [, response] of failures) {
      expect(Object.keys(objectAt(response, 'content'))).toEqual(['application/problem+json']);
    }
    expect(responses.length - failures.length).toBe(1);
  });

  it.each(writes)('$method $path wants a body and an Idempotency-Key', ({ operation }) => {
    expect(objectAt(operation, 'requestBody')['required']).toBe(true);
    const parameters = Array.isArray(operation['parameters']) ? operation['parameters'] : [];
    const headers = parameters.filter((of) => isObject(of) && of['in'] === 'header').map((of) => objectAt(of));
    expect(headers).toMatchObject([{ name: 'idempotency-key', required: true }]);
    expect(Object.keys(objectAt(operation, 'responses'))).toEqual(expect.arrayContaining(['409', '422']));
  });

  it('tells which tasks and states of refinements there are', () => {
    const tasks = objectAt(document, 'components', 'schemas', 'RefinementStatus', 'properties', 'task')['enum'];
    expect(tasks).toEqual(REFINEMENT_TASKS);
    const status = objectAt(document, 'components', 'schemas', 'RefinementStatus', 'properties', 'status')['enum'];
    expect(status).toContain('open');
  });

  it('lets a client leave out what has a default, and promises it in answers', () => {
    const choice = objectAt(document, 'components', 'schemas', 'Choice');
    expect(choice['required']).toEqual(['text', 'choiceType']);
    const answer = objectAt(document, 'components', 'schemas', 'Answer');
    expect(answer['required']).toEqual(['storyId', 'position', 'pending', 'items']);
  });
});
