/** The service's name: of its consumers, its part of the log, its metrics. */
export const SERVICE = 'llm-gateway';
