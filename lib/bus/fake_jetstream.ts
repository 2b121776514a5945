import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import type { Clock } from "../time/clock.ts";
import { BusCondition } from "./bus_state.ts";
import { DUPLICATE_WINDOW_MS } from "./layout.ts";
import type { KeptMessage, StreamLookup, StreamWriter, WriteExpectation } from "./stream_access.ts";

interface Message {
  readonly subject: string;
  readonly seq: number;
  readonly data: Uint8Array;
  readonly msgId: string;
  readonly atMs: number;
}

const UTF8 = new TextEncoder();
const LOOKUP_TIMEOUT_MS = 5_000;

/** For tests: JetStream's streams in memory, with a clock of the server. Their content outlives every connection. */
export class FakeJetStream {
  readonly #streams = new Map<string, { messages: Message[]; last: number }>();

  constructor(private readonly clock: Clock) {}

  /** A client's connection, as one process has it. */
  connect(clock: Clock): FakeConnection {
    return new FakeConnection(this, clock);
  }

  /** What a stream keeps, oldest first. */
  messages(stream: string): readonly Message[] {
    return this.#of(stream).messages;
  }

  /** Keeps a message, or refuses it as the server would. */
  keep(
    subject: string,
    data: Uint8Array,
    msgId: string,
    expect: WriteExpectation,
  ): { seq: number; duplicate: boolean } {
    const stream = this.#of(expect.streamName);
    const atMs = this.clock.now();
    const before = msgId === ""
      ? undefined
      : stream.messages.find((message) =>
        message.msgId === msgId && atMs - message.atMs < DUPLICATE_WINDOW_MS
      );
    if (before !== undefined) return { seq: before.seq, duplicate: true };
    if (expect.lastSubjectSequence !== undefined) {
      const expected = expect.lastSubjectSequenceSubject ?? subject;
      const newest = this.newest(expect.streamName, expected)?.seq ?? 0;
      if (newest !== expect.lastSubjectSequence) throw refusal(10071, "wrong last sequence");
    }
    const seq = ++stream.last;
    stream.messages.push({ subject, seq, data, msgId, atMs });
    return { seq, duplicate: false };
  }

  /** The newest message of a subject. */
  newest(stream: string, subject: string): Message | null {
    return this.messages(stream).findLast((message) => message.subject === subject) ?? null;
  }

  /** The newest message of each subject that begins with `prefix`. */
  newestOfEach(stream: string, prefix: string): Message[] {
    const newest = new Map(this.messages(stream).map((message) => [message.subject, message]));
    return [...newest.values()].filter(({ subject }) => subject.startsWith(prefix));
  }

  /** Removes the messages of subjects that begin with `prefix`, up to `before`. */
  purge(stream: string, prefix: string, before = Infinity): void {
    const kept = this.#of(stream);
    kept.messages = kept.messages.filter(({ subject, seq }) =>
      seq >= before || !subject.startsWith(prefix)
    );
  }

  #of(name: string) {
    let stream = this.#streams.get(name);
    if (stream === undefined) this.#streams.set(name, stream = { messages: [], last: 0 });
    return stream;
  }
}

/** A process's connection to it. It can be cut, and then may lose what is in transit. */
export class FakeConnection implements StreamWriter, StreamLookup {
  readonly condition = new BusCondition();
  /** Connected, but JetStream answers nothing. */
  silent = false;
  /** Connected, but JetStream refuses all that is published. */
  refusing = false;
  #left: { kept: number; acknowledged: number } | null = null;

  constructor(private readonly server: FakeJetStream, private readonly clock: Clock) {
    this.condition.connection("up");
  }

  /** Loses the connection: later requests are never answered. */
  cut(): void {
    this.#left = null;
    this.condition.connection("down", "cut");
  }

  /** Is connected again. */
  repair(): void {
    this.condition.connection("up");
  }

  /** Loses the connection while publishing: `kept` more messages arrive, of which `acknowledged` are answered. */
  cutAfter(kept: number, acknowledged: number): void {
    this.#left = { kept, acknowledged };
  }

  async publish(subject: string, payload: Uint8Array | string, options: {
    readonly msgID?: string;
    readonly timeout: number;
    readonly expect: WriteExpectation;
  }): Promise<{ seq: number; duplicate: boolean }> {
    const left = this.#left;
    if (!this.#answers || left?.kept === 0) return await this.#unanswered(options.timeout);
    // The server takes the messages of one connection in order, before it answers any.
    if (this.refusing) throw refusal(10077, "maximum messages exceeded");
    const data = typeof payload === "string" ? UTF8.encode(payload) : payload;
    const kept = this.server.keep(subject, data, options.msgID ?? "", options.expect);
    if (left !== null) {
      left.kept--;
      if (left.acknowledged-- <= 0) return await this.#unanswered(options.timeout);
    }
    await Promise.resolve();
    return kept;
  }

  readonly streams = {
    getMessage: async (
      stream: string,
      query: { readonly seq: number } | { readonly last_by_subj: string },
    ): Promise<KeptMessage | null> => {
      await this.#reachable();
      const message = "seq" in query
        ? this.server.messages(stream).find(({ seq }) => seq === query.seq) ?? null
        : this.server.newest(stream, query.last_by_subj);
      if (message === null) return null;
      const { seq, data, msgId } = message;
      return { seq, data, header: { get: () => msgId } };
    },
    info: async (): Promise<unknown> => await this.#reachable(),
    purge: async (stream: string, { filter, seq }: { filter: string; seq: number }) => {
      await this.#reachable();
      this.server.purge(stream, filter.replace("*", ""), seq);
    },
  };

  readonly direct = {
    getLastMessagesFor: async (stream: string, { multi_last }: { multi_last: string[] }) => {
      await this.#reachable();
      const found = multi_last.flatMap((filter) =>
        this.server.newestOfEach(stream, filter.replace("*", ""))
      );
      return {
        async *[Symbol.asyncIterator]() {
          yield* found;
        },
        stop() {},
      };
    },
  };

  get #answers(): boolean {
    return this.condition.connected && !this.silent;
  }

  async #reachable(): Promise<void> {
    if (!this.#answers) await this.#unanswered(LOOKUP_TIMEOUT_MS);
    await Promise.resolve();
  }

  /** A request that is pending when the connection breaks fails by its timeout alone, as in the client. */
  #unanswered(timeoutMs: number): Promise<never> {
    if (this.#left?.kept === 0) this.cut();
    return new Promise((_, reject) =>
      this.clock.after(timeoutMs, () => reject(new errors.TimeoutError()))
    );
  }
}

function refusal(code: number, description: string): JetStreamApiError {
  return new JetStreamApiError({ code: 400, err_code: code, description });
}
