import assert from "node:assert/strict";
import { configureLog, type Logger, logger, type LogOptions } from "./log.ts";

/** The lines that `work` logs, without their line ends. */
function linesOf(options: Omit<LogOptions, "write">, work: (log: Logger) => void): string[] {
  const written: string[] = [];
  configureLog({ ...options, write: (line) => written.push(line) });
  work(logger("feed"));
  const lines = written.join("").split("\n");
  assert.equal(lines.pop(), "", "the last line is not ended");
  return lines;
}

Deno.test("log - a person gets one line: time, level, room, message and the other properties", () => {
  const [line = ""] = linesOf({ level: "info", format: "human" }, (log) => {
    log.warning("repaired {count} trades", { count: 3, productId: "BTC-USD", total: 12n });
  });
  assert.match(
    line,
    /^\d\d:\d\d:\d\d\.\d{3} warning feed: repaired 3 trades productId=BTC-USD total=12$/,
  );
});

Deno.test("log - a machine gets one JSON object a line", () => {
  const [line = ""] = linesOf({ level: "info", format: "json" }, (log) => {
    log.getChild("rest").error("request failed", { attempt: 2, total: 12n });
  });
  const { "@timestamp": time, ...fields } = JSON.parse(line);
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
  assert.deepEqual(fields, {
    level: "ERROR",
    message: "request failed",
    logger: "feed.rest",
    properties: { attempt: 2, total: "12" },
  });
});

Deno.test("log - every line of a web worker names it, to machines and to people", () => {
  const [json = ""] = linesOf(
    { level: "info", format: "json", worker: 2 },
    (log) => log.info("up"),
  );
  assert.equal(JSON.parse(json).properties.worker, 2);
  const [line = ""] = linesOf(
    { level: "info", format: "human", worker: 2 },
    (log) => log.info("up"),
  );
  assert.match(line, /feed: up worker=2$/);
});

Deno.test("log - a level hides what is below it", () => {
  const messages = (level: LogOptions["level"]) =>
    linesOf({ level, format: "json" }, (log) => {
      log.debug("debug");
      log.info("info");
      log.warning("warning");
      log.error("error");
    }).map((line) => JSON.parse(line).message);
  assert.deepEqual(messages("debug"), ["debug", "info", "warning", "error"]);
  assert.deepEqual(messages("info"), ["info", "warning", "error"]);
  assert.deepEqual(messages("warning"), ["warning", "error"]);
  assert.deepEqual(messages("error"), ["error"]);
});

Deno.test("log - whatever is logged, and however, stays on one line", () => {
  for (const format of ["human", "json"] as const) {
    const lines = linesOf({ level: "info", format }, (log) => {
      log.info("two\nlines {part}\u001b[2J", { part: "a\r\nb", other: "c\nd" });
      log.error("failed", { error: new Error("first\nsecond", { cause: new Error("third") }) });
    });
    assert.equal(lines.length, 2, lines.join("\n"));
    assert.ok(!lines.join("").includes("\u001b"));
    assert.ok(lines.join("").includes("third"));
  }
});

Deno.test("log - no secret reaches a line, in the message, its values, properties or errors", () => {
  const secret = "postgres://app:hunter2@db/spot";
  for (const format of ["human", "json"] as const) {
    const lines = linesOf({ level: "info", format }, (log) => {
      log.info(`connecting to ${secret}`);
      log.info("connecting to {url}", { url: secret });
      log.info`connecting to ${secret} and ${{ apiKey: "hunter2" }} ${new Error(secret)}`;
      log.info("with {password}", { password: "hunter2" });
      log.info("configured", { config: { databaseUrl: secret, coinbaseApiKey: "hunter2" } });
      log.error("failed", { error: new Error(secret, { cause: new Error(secret) }) });
      log.error(new Error(secret));
    });
    assert.equal(lines.length, 7);
    assert.ok(!lines.join("\n").includes("hunter2"), lines.join("\n"));
  }
});
