import { page } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../app.ts";
import { only } from "../methods.ts";
import { SHORTCUTS } from "../components/shortcuts/shortcut_table.ts";
import { SingleKeysSwitch } from "../components/shortcuts/SingleKeysSwitch.tsx";
import { singleKeysOn } from "../components/site/single_keys.ts";
import { ShortcutList } from "../components/shortcuts/ShortcutList.tsx";

/** Every key of every page, from the tables that the pages use. */
export default define.page<typeof handler>(function ShortcutsPage({ data }) {
  return (
    <div class="page shortcuts">
      <Head>
        <title>Keyboard shortcuts · Spot Canvas</title>
        <meta name="description" content="Every key of Spot Canvas, page by page." />
      </Head>
      <h1>Keyboard shortcuts</h1>
      <p class="lead">
        Keys work where JavaScript does. In a field a letter is a letter: there they wait until it
        is left. Everything can be reached with Tab and Enter as well.
      </p>
      <noscript>
        <p class="notice">
          This browser runs no JavaScript for this page, so of these keys none works.
        </p>
      </noscript>
      <div class="shortcuts-choice">
        <SingleKeysSwitch isOn={data.isOn} />
        <p>
          Keys of a single letter or sign, such as <kbd>/</kbd> and{" "}
          <kbd>?</kbd>. Off, the palette is at <kbd>Ctrl</kbd> <kbd>K</kbd>{" "}
          alone: for people who dictate, or often hit a key by mistake.
        </p>
      </div>
      <div class="shortcuts-groups">
        {SHORTCUTS.map((group) => <ShortcutList key={group.id} group={group} />)}
      </div>
      <p class="lead">
        The palette lists exact matches first, then names that begin with the text, then what has
        all the words or letters typed, in their order: <kbd>btc</kbd>, <kbd>bitc</kbd>,{" "}
        <kbd>usd btc</kbd> and <kbd>btn</kbd>{" "}
        all find Bitcoin. Before anything is typed, it has what was chosen last.
      </p>
    </div>
  );
});

export const handler = only({
  GET(ctx) {
    const isOn = singleKeysOn(ctx.req.headers.get("cookie") ?? "");
    return page({ isOn }, { headers: { "cache-control": "no-cache" } });
  },
});
