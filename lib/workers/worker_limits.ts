import type { StreamAdmission } from "../stream/admission.ts";
import type { Hub } from "../stream/hub.ts";
import type { StreamAnswer, StreamRequest } from "../stream/hub_options.ts";
import type { ParentLink } from "./parent_link.ts";

type Link = Pick<ParentLink, "requestPlace" | "left">;

/** Streams of a worker: each has a place that its parent counts. */
export class WorkerStreams {
  /**
   * The hub's admission: a request that reaches it has a place already, which is given back at the
   * end.
   */
  readonly admission: StreamAdmission;

  constructor(private readonly link: Link) {
    this.admission = {
      enter: () => null,
      leave: (address) => link.left("streams", address),
    };
  }

  /** Opens a stream of the hub, if the parent has a place for it. */
  async connect(hub: Hub, request: StreamRequest): Promise<StreamAnswer> {
    const { address } = request;
    const { refusal } = await this.link.requestPlace("streams", address);
    if (refusal !== null) return hub.refuse(refusal);
    const answer = hub.connect(request);
    if (answer.kind === "refused") this.link.left("streams", address);
    return answer;
  }
}

/** Downloads of a worker, counted by its parent. */
export class WorkerDownloads {
  constructor(private readonly link: Link) {}

  /**
   * Takes a place for an address; the returned function gives it back, once. Null if none is free.
   */
  async enter(address: string): Promise<(() => void) | null> {
    if ((await this.link.requestPlace("downloads", address)).refusal !== null) return null;
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

  /** `isLimited` is false where requests are not limited, so that the parent gets no request. */
  constructor(private readonly link: Link, private readonly isLimited: boolean) {}

  /** Requests refused so far. */
  get refused(): number {
    return this.#refused;
  }

  async take(address: string): Promise<number | null> {
    if (!this.isLimited) return null;
    const { waitSeconds } = await this.link.requestPlace("requests", address);
    if (waitSeconds !== null) this.#refused++;
    return waitSeconds;
  }
}
