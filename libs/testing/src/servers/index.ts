export * from './database.ts';
export * from './nats-cluster.ts';
export * from './nats.ts';
export * from './postgres.ts';
export * from './stack.ts';
export { TestProcess, TestServer } from './test-server.ts';
