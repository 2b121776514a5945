/** What a message must find in its stream to be kept. */
export interface WriteExpectation {
  readonly streamName: string;
  /** The newest message of `lastSubjectSequenceSubject`, or else of the message's own subject; 0 for none. */
  readonly lastSubjectSequence?: number;
  readonly lastSubjectSequenceSubject?: string;
}

/** The part of a JetStream client that leases and the closed publisher use: writing if the stream is as expected. */
export interface StreamWriter {
  /** Rejects with a `JetStreamApiError` if refused; with a `TimeoutError` if it may be kept or not. */
  publish(subject: string, payload: Uint8Array | string, options: {
    readonly msgID?: string;
    readonly timeout: number;
    readonly expect: WriteExpectation;
  }): Promise<{ readonly seq: number; readonly duplicate: boolean }>;
}

/** A message as a stream keeps it. */
export interface KeptMessage {
  readonly seq: number;
  readonly data: Uint8Array;
  readonly header: { get(name: string): string };
}

/** The part of a JetStream manager that they use: looking up what a stream keeps. All reject if it does not answer. */
export interface StreamLookup {
  readonly streams: {
    getMessage(
      stream: string,
      query: { readonly seq: number } | { readonly last_by_subj: string },
    ): Promise<KeptMessage | null>;
    info(stream: string): Promise<unknown>;
    purge(stream: string, options: { readonly filter: string; readonly seq: number }): Promise<
      unknown
    >;
  };
  readonly direct: {
    /** The newest message of each subject; `stop` ends the answer early, with an error if one is given. */
    getLastMessagesFor(stream: string, query: { multi_last: string[] }): Promise<
      & AsyncIterable<{ readonly subject: string; readonly seq: number }>
      & { stop(error?: Error): void }
    >;
  };
}
