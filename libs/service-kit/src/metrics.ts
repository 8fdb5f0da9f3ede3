import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds. Handlers take fractions of a millisecond to a few; a second means that something is broken. */
const BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2.5];

/** One value of a gauge that is read when it is scraped. */
export interface Sample {
  labels?: Record<string, string | number> | undefined;
  value: number;
}

/** The process's figures, each labelled with the service. */
export class Metrics {
  readonly registry = new Registry();
  private readonly handlerSeconds: Histogram<'handler' | 'event'>;
  private readonly handlerFailures: Counter<'handler' | 'event' | 'kind'>;
  private readonly requestSeconds: Histogram<'method' | 'route' | 'status'>;
  private readonly consumerLags: Gauge<'partition'>;
  private readonly queueAges: Gauge;
  private readonly redrives: Counter<'event' | 'outcome'>;
  private readonly storiesParked: Gauge;

  constructor(service: string) {
    const registers = [this.registry];
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    this.handlerSeconds = new Histogram({
      name: 'agon_handler_seconds',
      help: 'Time from taking up a message to its acknowledgement',
      labelNames: ['handler', 'event'],
      buckets: BUCKETS,
      registers,
    });
    this.handlerFailures = new Counter({
      name: 'agon_handler_failures_total',
      help: 'Messages that a handler failed on, by kind (transient, permanent, parked)',
      labelNames: ['handler', 'event', 'kind'],
      registers,
    });
    this.requestSeconds = new Histogram({
      name: 'agon_http_request_seconds',
      help: 'Time from receiving a request to the last byte of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers,
    });
    this.consumerLags = new Gauge({
      name: 'agon_consumer_lag',
      help: 'Messages of a partition that wait for this service',
      labelNames: ['partition'],
      registers,
    });
    this.queueAges = new Gauge({
      name: 'agon_queue_age_seconds',
      help: 'Age of the message taken up last: from its record in the log to the start of its handling',
      registers,
    });
    this.redrives = new Counter({
      name: 'agon_redriven_total',
      help: 'Parked messages that were tried again because an operator asked for it, by outcome (handled, failed)',
      labelNames: ['event', 'outcome'],
      registers,
    });
    this.storiesParked = new Gauge({
      name: 'agon_parked_stories',
      help: 'Stories of which this service has parked messages; counted every ten seconds, the same in every replica',
      registers,
    });
  }

  handled(handler: string, event: string, seconds: number): void {
    this.handlerSeconds.observe({ handler, event }, seconds);
  }

  /** `kind`: `transient`, `permanent` or `parked`. */
  handlerFailed(handler: string, event: string, kind: string): void {
    this.handlerFailures.inc({ handler, event, kind });
  }

  /** `route` is the pattern, never the path: ids would make a series each. */
  requested(method: string, route: string, status: number, seconds: number): void {
    this.requestSeconds.observe({ method, route, status }, seconds);
  }

  consumerLag(partition: number, messages: number): void {
    this.consumerLags.set({ partition }, messages);
  }

  /** `outcome`: `handled` or `failed`. */
  redriven(event: string, outcome: string): void {
    this.redrives.inc({ event, outcome });
  }

  parkedStories(stories: number): void {
    this.storiesParked.set(stories);
  }

  queueAge(seconds: number): void {
    this.queueAges.set(seconds);
  }

  /** A gauge whose values are asked for at each scrape, for what its owner knows anyway; `read` must not wait. */
  gauge(name: string, help: string, labelNames: readonly string[], read: () => Iterable<Sample>): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [],
      collect() {
        this.reset();
        for (const { labels = {}, value } of read()) this.set(labels, value);
      },
    });
    this.registry.registerMetric(gauge);
  }
}
