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
import { NoAnswerError, SharedAnswer } from "./shared_answer.ts";

/** How often this process reports its condition, by which its parent knows that it still runs. */
const CONDITION_MS = 1000;
/** A parent that answers no question for this long counts as hanging. */
const ANSWER_MS = 5000;
/** A status older than this is not shown. */
const STATUS_MS = 10_000;

/** The channel that a process has to its parent. */
export interface Channel {
  send(message: ToParent): void;
  /** Calls `take` with each message, and `lost` when the parent is gone. */
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
  /** The servers' addresses, once the parent has sent them. */
  readonly servers: Promise<ServerUrls>;
  readonly #waiting = new Map<number, (answer: Omit<Answer, "id">) => void>();
  readonly #servers = Promise.withResolvers<ServerUrls>();
  readonly #metrics: SharedAnswer<string>;
  readonly #figures: SharedAnswer<Figures>;
  #questions: Question[] = [];
  #requests = 0;
  #status: { readonly value: Status; readonly atMs: number } | null = null;
  #duties: WorkerDuties | null = null;

  /** `stop` is called when the parent ends, whether by a shutdown or a crash. */
  constructor(
    readonly number: number,
    private readonly channel: Channel,
    private readonly stop: (parentIsGone: boolean) => void,
    private readonly clock: Clock = systemClock,
  ) {
    this.servers = this.#servers.promise;
    const request = (kind: "metrics" | "figures") => () => channel.send({ kind });
    this.#metrics = new SharedAnswer(request("metrics"), ANSWER_MS, clock);
    this.#figures = new SharedAnswer(request("figures"), ANSWER_MS, clock);
    channel.listen((message) => this.#take(message), () => stop(true));
  }

  /** The parent's last reported status; null if it is too old. */
  get status(): Status | null {
    if (this.#status === null || this.clock.now() - this.#status.atMs > STATUS_MS) return null;
    return this.#status.value;
  }

  /** Serves the parent from now on; returns a function that stops this. */
  serve(duties: WorkerDuties): () => void {
    this.#duties = duties;
    const report = () => this.channel.send({ kind: "condition", condition: duties.condition() });
    return every(this.clock, CONDITION_MS, report);
  }

  /** Reports that the port is served. */
  listening(): void {
    this.channel.send({ kind: "listening" });
  }

  /**
   * Requests a place, or whether a request may be answered. If the parent does not answer in time, places are refused
   * and requests may pass; a parent that has not reported for long gets no request.
   */
  requestPlace(what: Counted, address: string): Promise<Omit<Answer, "id">> {
    const unanswered = {
      refusal: what === "requests" ? null : "streams",
      waitSeconds: null,
    } as const;
    if (this.#isSilent) return Promise.resolve(unanswered);
    const id = ++this.#requests;
    // Questions of one turn of the event loop are sent together.
    if (this.#questions.push({ id, what, address }) === 1) setImmediate(() => this.#send());
    return new Promise((resolve) => {
      let isLate = false;
      const cancel = this.clock.after(ANSWER_MS, () => {
        isLate = true;
        resolve(unanswered);
      });
      this.#waiting.set(id, (answer) => {
        cancel();
        if (isLate && what !== "requests" && answer.refusal === null) this.left(what, address);
        resolve(answer);
      });
    });
  }

  /** Gives a place back. */
  left(what: Counted, address: string): void {
    this.channel.send({ kind: "left", what, address });
  }

  /** The exposition of all processes. Rejects with a `NoAnswerError` if the parent does not give it in time. */
  metrics(): Promise<string> {
    return this.#unlessSilent(this.#metrics);
  }

  /** The figures of all processes together. Rejects as `metrics` does. */
  figures(): Promise<Figures> {
    return this.#unlessSilent(this.#figures);
  }

  /** Whether the parent has reported before, but not recently. */
  get #isSilent(): boolean {
    return this.#status !== null && this.status === null;
  }

  #unlessSilent<T>(answer: SharedAnswer<T>): Promise<T> {
    if (!this.#isSilent) return answer.get();
    return Promise.reject(new NoAnswerError("the parent has not reported for long"));
  }

  #send(): void {
    const questions = this.#questions;
    this.#questions = [];
    this.channel.send({ kind: "questions", questions });
  }

  #take(message: unknown): void {
    const received = readToWorker(message);
    switch (received.kind) {
      case "servers":
        return this.#servers.resolve(received.urls);
      case "status":
        this.#status = { value: received.status, atMs: this.clock.now() };
        return;
      case "catalogue":
        return this.#duties?.catalogue(received.content);
      case "answers":
        return this.#answered(received.answers);
      case "report":
        return void this.#report();
      case "metrics":
        return this.#metrics.take(received.text);
      case "figures":
        return this.#figures.take(received.figures);
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
