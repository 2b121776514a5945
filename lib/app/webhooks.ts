import type { Bus } from "../bus/bus.ts";
import type { HeldMessage } from "../bus/durable_delivery.ts";
import { keyOfSubject, PREFIXES } from "../bus/names.ts";
import { logger } from "../log.ts";
import { STANDBY_WEBHOOK, STARTING, type WebhookState } from "../metrics/status.ts";
import { every, systemClock } from "../time/clock.ts";
import { aborted, pause } from "../time/pause.ts";
import { post } from "../webhooks/post.ts";
import { type LetterSource, Sender } from "../webhooks/sender.ts";
import type { Webhook } from "../webhooks/webhook.ts";
import { nameIngester } from "./ingester_name.ts";

export interface WebhookParts {
  readonly bus: Bus;
  readonly webhooks: readonly Webhook[];
  readonly dataDir: string;
}

const LEASE = "webhooks";
/**
 * With more subjects than this the server sends all of them, and unwanted candles are skipped here.
 */
const MAX_SUBJECTS = 64;
const LOOK_EVERY_MS = 10_000;
const AGAIN_MS = 1_000;

/**
 * Posts closed candles to the operator's receivers. Of several processes with the same file one posts, by a lease, and
 * the others stand by. Its starter closes it.
 */
export class Webhooks {
  readonly #parts: WebhookParts;
  readonly #log = logger("webhooks");
  readonly #stop = new AbortController();
  readonly #senders: ReadonlyMap<string, Sender>;
  readonly #waiting = new Map<string, number>();
  #holds = false;
  #standsBy = false;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: WebhookParts) {
    const { bus, webhooks } = this.#parts = parts;
    this.#senders = new Map(webhooks.map((webhook) => [
      webhook.name,
      new Sender({
        webhook,
        clock: systemClock,
        log: this.#log,
        post: (id, body, signal) => post(webhook, id, body, systemClock.wallMs(), signal),
        setAside: (letter, reason) => bus.setAside(webhook.name, letter, reason),
      }),
    ]));
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Cancels pending requests; the next process to post sends them again. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  states(): WebhookState[] {
    return [...this.#senders].map(([name, sender]) => {
      const { delivered, failed, setAside, failure } = sender.state;
      const part = !this.#holds
        ? this.#standsBy ? STANDBY_WEBHOOK : STARTING
        : failure === null
        ? { state: "up", detail: null } as const
        : { state: "degraded", detail: failure } as const;
      const waiting = this.#waiting.get(name) ?? null;
      return { name, ...part, delivered, failed, setAside, waiting };
    });
  }

  async #run(): Promise<void> {
    const { bus, dataDir } = this.#parts;
    const { signal } = this.#stop;
    const name = await nameIngester(dataDir, LEASE);
    while (!signal.aborted) {
      const taking = bus.takeLease(LEASE, {
        holder: name.text,
        signal,
        onStandby: () => {
          this.#standsBy = true;
          this.#log.info("another process posts to the webhooks: standing by");
        },
      });
      const lease = await Promise.race([taking, aborted(signal).then(() => null)]);
      if (lease === null) {
        void taking.then((late) => late?.release());
        break;
      }
      this.#holds = true;
      await this.#post(AbortSignal.any([lease.lost, signal]));
      this.#holds = false;
      await lease.release();
      await pause(AGAIN_MS, signal);
    }
    name.giveUp();
  }

  async #post(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#parts.webhooks.map((webhook) => this.#postAll(webhook, signal)));
  }

  /** Posts for one webhook until aborted, also after its consumer was deleted and created again. */
  async #postAll(webhook: Webhook, signal: AbortSignal): Promise<void> {
    const sender = this.#senders.get(webhook.name);
    while (!signal.aborted && sender !== undefined) {
      const delivery = this.#parts.bus.delivery({
        name: `webhook-${webhook.name}`,
        subjects: subjectsOf(webhook),
        onRefusal: (reason) =>
          this.#log.warn("webhook {name}: NATS delivers no candles: {reason}", {
            name: webhook.name,
            reason,
          }),
      });
      const look = () =>
        delivery.waiting().then((waiting) => this.#waiting.set(webhook.name, waiting), () => {});
      const endLooking = every(systemClock, LOOK_EVERY_MS, look);
      const source: LetterSource = {
        letters: (signal) => lettersOf(delivery.messages(signal)),
        done: (sequence) => delivery.done(sequence),
      };
      try {
        await sender.run(source, signal);
      } catch (error) {
        this.#log.error("webhook {name} failed", { name: webhook.name, error });
      } finally {
        endLooking();
        await delivery.close();
      }
      await pause(AGAIN_MS, signal);
    }
  }
}

async function* lettersOf(messages: AsyncIterable<HeldMessage>) {
  for await (const { sequence, subject, bytes, publishedMs } of messages) {
    yield { sequence, key: keyOfSubject("closed", subject) ?? subject, bytes, publishedMs };
  }
}

/** A few subjects to request from the server; unwanted candles among them are skipped here. */
function subjectsOf({ products, granularities }: Webhook): string[] {
  const isFew = products !== "*" && products.size * granularities.length <= MAX_SUBJECTS;
  return (isFew ? [...products] : ["*"]).flatMap((product) =>
    granularities.map((granularity) => `${PREFIXES.closed}${product}.${granularity}`)
  );
}
