/** A closed candle's message, as the bus delivers it to the database. */
export interface BatchMessage {
  readonly sequence: number;
  /** Used only in dead letters. */
  readonly subject: string;
  readonly bytes: Uint8Array;
}

/**
 * Messages to be stored together. Those that are neither acknowledged nor terminated come again within half a minute.
 */
export interface ClosedBatch {
  readonly messages: readonly BatchMessage[];
  /**
   * Acknowledges all of them. Resolves when the server has been sent that, or the connection is
   * lost.
   */
  ack(): Promise<void>;
  /** Terminates a message that can never be stored, so that it does not come again. */
  term(sequence: number): void;
  /** Reports progress: the half minute starts again, for these and for those that wait behind them. */
  working(): void;
}
