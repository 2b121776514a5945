import { only, preflight } from "../methods.ts";
import { answerStream, untilLoaded } from "../lib/api/stream_answer.ts";

export const handler = only({
  GET: async ({ state: { services, requester }, req, url }) => {
    await untilLoaded(services.catalogue, req.headers);
    return answerStream(services, req, url, requester.address);
  },
  // Without this a HEAD would open a stream whose body is not read.
  HEAD: ({ state: { services, requester }, req, url }) =>
    answerStream(services, req, url, requester.address),
  OPTIONS: preflight,
});
