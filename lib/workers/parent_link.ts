import process from "node:process";
import { setImmediate } from "node:timers";
import type { Figures, Status } from "../metrics/status.ts";
import { type Clock, every, systemClock } from "../time/clock.ts";
import {
  type Answer,
  type CatalogueContent,
  type Condition,
  type Counted,
  type Question,
  readToWorker,
  type Report,
  type ServerUrls,
  type ToParent,
} from "./messages.ts";

/** How often the parent is told how this process is: by that it knows that it still runs. */
const CONDITION_MS = 1000;
/** A parent that answers no question for so long hangs. */
const ANSWER_MS = 5000;
/** A status that is older is no longer true. */
const STATUS_MS = 10_000;

/** The channel that a process has to its parent. */
export interface Channel {
  send(message: ToParent): void;
  /** Calls `take` with what comes, and `lost` when the parent is gone. */
  listen(take: (message: unknown) => void, lost: () => void): void;
}

/** What a worker does for its parent. */
export interface WorkerDuties {
  condition(): Condition;
  report(): Promise<Report>;
  catalogue(content: CatalogueContent): void;
}

/** A worker's end of the channel to its parent. It lasts as long as the process. */
export class ParentLink {
  /** Where the servers are, once the parent knows. */
  readonly servers: Promise<ServerUrls>;
  readonly #waiting = new Map<number, (answer: Omit<Answer, "id">) => void>();
  readonly #servers = Promise.withResolvers<ServerUrls>();
  readonly #metrics: ((text: string) => void)[] = [];
  readonly #figures: ((figures: Figures) => void)[] = [];
  #questions: Question[] = [];
  #asked = 0;
  #status: { readonly value: Status; readonly atMs: number } | null = null;
  #duties: WorkerDuties | null = null;

  /** `stop` is called when the parent ends, in order or not. */
  constructor(
    readonly number: number,
    private readonly channel: Channel,
    private readonly stop: (parentIsGone: boolean) => void,
    private readonly clock: Clock = systemClock,
  ) {
    this.servers = this.#servers.promise;
    channel.listen((message) => this.#take(message), () => stop(true));
  }

  /** The parent's own state, as it last said; null if that is not known now. */
  get status(): Status | null {
    if (this.#status === null || this.clock.now() - this.#status.atMs > STATUS_MS) return null;
    return this.#status.value;
  }

  /** Serves the parent from now on, until the answer is called. */
  serve(duties: WorkerDuties): () => void {
    this.#duties = duties;
    const tell = () => this.channel.send({ kind: "condition", condition: duties.condition() });
    return every(this.clock, CONDITION_MS, tell);
  }

  /** The port is served. */
  listening(): void {
    this.channel.send({ kind: "listening" });
  }

  /**
   * Asks for a place, or whether a request may be answered. Of a parent that does not answer in time nothing is had but
   * answers to requests.
   */
  ask(what: Counted, address: string): Promise<Omit<Answer, "id">> {
    const id = ++this.#asked;
    // Those of one turn of the event loop go together.
    if (this.#questions.push({ id, what, address }) === 1) setImmediate(() => this.#send());
    return new Promise((resolve) => {
      let isLate = false;
      const cancel = this.clock.after(ANSWER_MS, () => {
        isLate = true;
        resolve({ refusal: what === "requests" ? null : "streams", waitSeconds: null });
      });
      this.#waiting.set(id, (answer) => {
        cancel();
        if (isLate && what !== "requests" && answer.refusal === null) this.left(what, address);
        resolve(answer);
      });
    });
  }

  /** A place is free again. */
  left(what: Counted, address: string): void {
    this.channel.send({ kind: "left", what, address });
  }

  /** The exposition of all processes. */
  metrics(): Promise<string> {
    return new Promise((resolve) => {
      if (this.#metrics.push(resolve) === 1) this.channel.send({ kind: "metrics" });
    });
  }

  /** The figures of all processes together. */
  figures(): Promise<Figures> {
    return new Promise((resolve) => {
      if (this.#figures.push(resolve) === 1) this.channel.send({ kind: "figures" });
    });
  }

  #send(): void {
    const questions = this.#questions;
    this.#questions = [];
    this.channel.send({ kind: "questions", questions });
  }

  #take(message: unknown): void {
    const told = readToWorker(message);
    switch (told.kind) {
      case "servers":
        return this.#servers.resolve(told.urls);
      case "status":
        this.#status = { value: told.status, atMs: this.clock.now() };
        return;
      case "catalogue":
        return this.#duties?.catalogue(told.content);
      case "answers":
        return this.#answered(told.answers);
      case "report":
        return void this.#report();
      case "metrics":
        for (const resolve of this.#metrics.splice(0)) resolve(told.text);
        return;
      case "figures":
        for (const resolve of this.#figures.splice(0)) resolve(told.figures);
        return;
      case "stop":
        return this.stop(false);
    }
  }

  #answered(answers: readonly Answer[]): void {
    for (const { id, ...answer } of answers) {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    }
  }

  async #report(): Promise<void> {
    const report = await this.#duties?.report();
    if (report !== undefined) this.channel.send({ kind: "report", report });
  }
}

/** The channel of a process that was started with one. Throws if it was not. */
export function parentChannel(): Channel {
  const { send } = process;
  if (send === undefined) throw new Error("a web worker is started by its parent alone");
  return {
    send(message) {
      if (process.connected) send.call(process, message, undefined, undefined, () => {});
    },
    listen(take, lost) {
      process.on("message", take);
      process.on("disconnect", lost);
    },
  };
}
