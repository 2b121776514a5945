import assert from "node:assert/strict";
import { SavedWorkspaces, type TextStore } from "./saved_workspaces.ts";

const QUERY = "?chart=BTC-USD/5m";

/** A browser's storage with room for some characters. */
class TestStore implements TextStore {
  text: string | null = null;

  constructor(private readonly room = Infinity) {}

  getItem(): string | null {
    return this.text;
  }

  setItem(_: string, text: string): void {
    if (text.length > this.room) throw new DOMException("full", "QuotaExceededError");
    this.text = text;
  }
}

function names({ saved }: ReturnType<SavedWorkspaces["read"]>): readonly string[] {
  return saved.map(({ name }) => name);
}

Deno.test("saved workspaces - they are saved, replaced, renamed and deleted, in the order of their names", () => {
  const saved = new SavedWorkspaces(() => store);
  const store = new TestStore();
  assert.deepEqual(names(saved.save("  Swing   trades ", QUERY)), ["Swing trades"]);
  assert.deepEqual(names(saved.save("Majors", QUERY)), ["Majors", "Swing trades"]);
  const replaced = saved.save("Majors", "?chart=ETH-USD/1h");
  assert.deepEqual(replaced.saved[0], { name: "Majors", query: "?chart=ETH-USD/1h" });
  assert.match(saved.rename("Majors", "Swing trades").problem ?? "", /already/);
  assert.deepEqual(names(saved.rename("Majors", "Zebra")), ["Swing trades", "Zebra"]);
  assert.deepEqual(names(saved.remove("Swing trades")), ["Zebra"]);
  assert.deepEqual(names(new SavedWorkspaces(() => store).read()), ["Zebra"]);
});

Deno.test("saved workspaces - storage that is full is reported, and what was saved stays", () => {
  const saved = new SavedWorkspaces(() => store);
  const store = new TestStore(60);
  saved.save("One", QUERY);
  const full = saved.save("Another one", QUERY);
  assert.match(full.problem ?? "", /full/);
  assert.deepEqual(names(full), ["One"]);
  assert.deepEqual(names(saved.read()), ["One"]);
});

Deno.test("saved workspaces - storage that is forbidden is reported, whatever is done", () => {
  const saved = new SavedWorkspaces(() => {
    throw new DOMException("no", "SecurityError");
  });
  for (
    const result of [
      saved.read(),
      saved.save("A", QUERY),
      saved.rename("A", "B"),
      saved.remove("A"),
    ]
  ) {
    assert.match(result.problem ?? "", /keep/);
    assert.deepEqual(result.saved, []);
  }
});

Deno.test("saved workspaces - what is stored and is not a workspace is left out", () => {
  const store = new TestStore();
  const saved = new SavedWorkspaces(() => store);
  for (
    const [text, left] of [
      ["{", []],
      ["null", []],
      ["{}", []],
      [
        '[1,null,{"name":"A"},{"name":1,"query":"?chart=BTC-USD"},{"name":"","query":"?chart=BTC-USD"}]',
        [],
      ],
      ['[{"name":"A","query":"nonsense"},{"name":"B","query":"?chart=BTC-USD/1h"}]', ["B"]],
      [`[{"name":"${"A".repeat(100)}","query":"?chart=BTC-USD"}]`, []],
    ] as const
  ) {
    store.text = text;
    assert.deepEqual(names(saved.read()), left, text);
  }
});

Deno.test("saved workspaces - names and their number are bounded", () => {
  const store = new TestStore();
  const saved = new SavedWorkspaces(() => store);
  assert.match(saved.save(" ", QUERY).problem ?? "", /name/);
  assert.match(saved.save("A".repeat(41), QUERY).problem ?? "", /40/);
  for (let n = 0; n < 50; n++) assert.equal(saved.save(`W${n}`, QUERY).problem, null);
  assert.match(saved.save("one more", QUERY).problem ?? "", /50/);
  assert.equal(saved.save("W7", "?chart=ETH-USD").problem, null, "replacing one takes no room");
});
