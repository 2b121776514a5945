import assert from "node:assert/strict";
import type { Recording } from "./recording.ts";
import { readRecording, RecordingError, writeRecording } from "./recording_file.ts";

const RECORDING: Recording = {
  startedAt: "2026-04-07T12:00:00.000Z",
  wsUrl: "wss://exchange.example/",
  restUrl: "https://exchange.example/api",
  products: ["BTC-USD"],
  full: false,
  entries: [
    { kind: "opened", connection: "main", atMs: 1 },
    { kind: "sent", connection: "main", text: "{}", atMs: 2 },
    { kind: "frame", connection: "main", text: '{"a":"\\n\u2028"}', atMs: 3.25 },
    { kind: "frame", connection: "twin", text: "cut", length: 9_000_000, atMs: 4 },
    { kind: "binary", connection: "second", bytes: 7, atMs: 5 },
    {
      kind: "answer",
      purpose: "newest",
      path: "/market/products/BTC-USD/ticker?limit=1",
      askedAtMs: 5,
      atMs: 6,
      status: 200,
      headers: { date: "Tue, 07 Apr 2026 12:00:00 GMT" },
      body: '{"trades":[]}',
    },
    { kind: "failure", purpose: "burst", path: "/market", reason: "refused", atMs: 7 },
    { kind: "closed", connection: "main", code: 1001, reason: "going away", atMs: 8 },
  ],
};

Deno.test("recording file - what is written is read back the same", async () => {
  await inFile("", async (file) => {
    await writeRecording(file, RECORDING);
    assert.deepEqual(await readRecording(file), RECORDING);
  });
});

Deno.test("recording file - a file that is not a recording, or damaged, is refused with its line", async () => {
  const head = JSON.stringify({ format: "spot-canvas-probe-1", ...RECORDING, entries: undefined });
  const cases: [string, RegExp][] = [
    ["", /line 1 is not its head/],
    ["not json\n", /line 1 is not its head/],
    ['{"format":"spot-canvas-probe-2"}\n', /line 1 is not its head/],
    [
      `${head}\n{"kind":"opened","connection":"main","atMs":1}\n{"kind":"ope`,
      /line 3 is not an entry/,
    ],
    [`${head}\n{"kind":"opened","connection":"other","atMs":1}\n`, /line 2 is not an entry/],
    [
      `${head}\n{"kind":"answer","purpose":"newest","path":"//elsewhere"}\n`,
      /line 2 is not an entry/,
    ],
  ];
  for (const [text, expected] of cases) {
    await inFile(text, async (file) => {
      await assert.rejects(readRecording(file), (error) => {
        assert.ok(error instanceof RecordingError, String(error));
        assert.match(error.message, expected);
        return true;
      });
    });
  }
});

async function inFile(text: string, use: (file: string) => Promise<void>): Promise<void> {
  const file = await Deno.makeTempFile({ prefix: "spot-canvas-recording-" });
  try {
    await Deno.writeTextFile(file, text);
    await use(file);
  } finally {
    await Deno.remove(file);
  }
}
