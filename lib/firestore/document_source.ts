import { BackOff } from "../time/back_off.ts";
import type { Clock } from "../time/clock.ts";
import { type FirestoreDocument, isRecord, readDocument } from "./document.ts";

/** Some of a collection's documents. */
export interface DocumentPage {
  readonly documents: readonly FirestoreDocument[];
  /** Where the next page begins; null after the last one. */
  readonly nextToken: string | null;
}

export interface DocumentSource {
  /** Its name in the record of what was imported. */
  readonly name: string;
  /** A page of a collection. Documents that only have collections below them are listed too, without fields. */
  list(collection: string, token: string | null): Promise<DocumentPage>;
  /** One document; null if there is none. */
  get(path: string): Promise<FirestoreDocument | null>;
}

/** Firestore cannot be read; the message has its answer. */
export class FirestoreError extends Error {
  override readonly name = "FirestoreError";
}

/** How to reach Firestore's REST interface. */
export interface FirestoreOptions {
  /** `https://firestore.googleapis.com`, or an emulator's address. */
  readonly url: string;
  readonly project: string;
  readonly token: () => Promise<string>;
  /** The clock for delays before retries. */
  readonly clock?: Clock;
}

const PAGE_SIZE = 300;
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 8_000;

/** Firestore over REST. Overload and broken connections are retried; everything else is a `FirestoreError`. */
export function firestoreSource(options: FirestoreOptions): DocumentSource {
  const { url, project } = options;
  const root = `${url}/v1/projects/${project}/databases/(default)/documents`;
  return {
    name: `${url}/${project}`,
    async list(collection, token) {
      const query = new URLSearchParams({ pageSize: `${PAGE_SIZE}`, showMissing: "true" });
      if (token !== null) query.set("pageToken", token);
      const answer = await request(`${root}/${escaped(collection)}?${query}`, options);
      const documents = Array.isArray(answer?.documents) ? answer.documents : [];
      const next = answer?.nextPageToken;
      return {
        documents: documents.map(readDocument).filter((document) => document !== null),
        nextToken: typeof next === "string" && next !== "" ? next : null,
      };
    },
    async get(path) {
      return readDocument(await request(`${root}/${escaped(path)}`, options));
    },
  };
}

/** Null is 404. */
async function request(
  url: string,
  { token, clock }: FirestoreOptions,
): Promise<Readonly<Record<string, unknown>> | null> {
  const backOff = new BackOff(FIRST_PAUSE_MS, MAX_PAUSE_MS, clock);
  let problem = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await backOff.wait();
    const headers = { authorization: `Bearer ${await token()}` };
    try {
      const response = await fetch(url, { headers });
      const text = await response.text();
      if (response.ok) {
        const body: unknown = JSON.parse(text);
        return isRecord(body) ? body : {};
      }
      if (response.status === 404) return null;
      problem = `Firestore answered ${response.status}: ${
        text.slice(0, 200).replaceAll("\n", " ")
      }`;
      if (response.status !== 429 && response.status < 500) break;
    } catch (error) {
      problem = `Firestore cannot be reached: ${error instanceof Error ? error.message : error}`;
    }
  }
  throw new FirestoreError(problem);
}

function escaped(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
