import type { StreamAdmission } from "../stream/admission.ts";
import type { Hub } from "../stream/hub.ts";
import type { StreamAnswer, StreamRequest } from "../stream/hub_options.ts";
import type { ParentLink } from "./parent_link.ts";

type Link = Pick<ParentLink, "ask" | "left">;

/** Streams of a worker: each has a place that its parent counts. */
export class WorkerStreams {
  /** For the hub: whoever reaches it has a place, and gives it back at the end. */
  readonly admission: StreamAdmission;

  constructor(private readonly link: Link) {
    this.admission = {
      enter: () => null,
      leave: (address) => link.left("streams", address),
    };
  }

  /** Opens a stream of the hub, if there is room for it in all. */
  async connect(hub: Hub, request: StreamRequest): Promise<StreamAnswer> {
    const { address } = request;
    const { refusal } = await this.link.ask("streams", address);
    if (refusal !== null) return hub.refuse(refusal);
    const answer = hub.connect(request);
    if (answer.kind === "refused") this.link.left("streams", address);
    return answer;
  }
}

/** Downloads of a worker, counted by its parent. */
export class WorkerDownloads {
  constructor(private readonly link: Link) {}

  /** Takes a place for an address; the answer gives it back, once. Null if there is none. */
  async enter(address: string): Promise<(() => void) | null> {
    if ((await this.link.ask("downloads", address)).refusal !== null) return null;
    let entered = true;
    return () => {
      if (entered) this.link.left("downloads", address);
      entered = false;
    };
  }
}

/** Requests of a worker, counted by its parent. */
export class WorkerRequests {
  #refused = 0;

  /** `isLimited` is false where no request is refused, so that none need be asked for. */
  constructor(private readonly link: Link, private readonly isLimited: boolean) {}

  /** Requests refused so far. */
  get refused(): number {
    return this.#refused;
  }

  /** Takes one request of an address. Null if it may proceed, or after how many whole seconds the next one may. */
  async take(address: string): Promise<number | null> {
    if (!this.isLimited) return null;
    const { waitSeconds } = await this.link.ask("requests", address);
    if (waitSeconds !== null) this.#refused++;
    return waitSeconds;
  }
}
