import assert from "node:assert/strict";
import { Catalogue } from "../lib/exchange/catalogue.ts";
import { readProduct } from "../lib/coinbase/product_reader.ts";
import { productList } from "../lib/app/product_list.ts";
import { openWebApp } from "./web_app.ts";

const SCRIPT = "</script><script>alert(1)</script>";
const ATTACKS = [
  SCRIPT,
  '"><img src=x onerror=alert(1)>',
  "'); alert(1); ('",
  "<!--<script>",
  "]]>--><svg onload=alert(1)>",
  "${alert(1)}\u2028alert(1)",
  "javascript:alert(1)",
  "\u0000\u0007\u001b[31m\u202egpj.exe\ud800",
];
/** Markup of theirs in ours: what they wrote, as they wrote it. */
const LOOSE = /<img src=x|<svg onload|<!--|href="javascript:/i;
/** A script as a parser takes it: whatever it holds, it ends with the first end tag. */
const SCRIPTS = /<script\b[^>]*>(.*?)<\/script/gis;
/** A script of theirs, or what makes a parser overlook the end of ours. */
const LOOSE_SCRIPT = /^alert|<!--/i;

/** The catalogue of an exchange that has put one of these into every text it sends. */
function hostileCatalogue(): Catalogue {
  const listed = ATTACKS.flatMap((text, at) => {
    const product = readProduct({
      product_id: `EVIL${at}-USD`,
      price: "1",
      status: "online",
      approximate_quote_24h_volume: `${100 - at}`,
      ...Object.fromEntries(
        [
          "base_name",
          "quote_name",
          "base_currency_id",
          "quote_currency_id",
          "display_name",
        ].map((name) => [name, text]),
      ),
    });
    return product === null ? [] : [product];
  });
  const catalogue = new Catalogue();
  catalogue.set(productList(listed, listed.map(({ productId }) => productId), []));
  return catalogue;
}

Deno.test("hostile exchange - nothing that an exchange calls its products is markup in any page", async () => {
  const catalogue = hostileCatalogue();
  assert.equal(catalogue.ids().length, ATTACKS.length);
  const web = await openWebApp({}, { catalogue });
  try {
    let shown = 0;
    for (const id of catalogue.ids()) {
      for (const pattern of web.patterns.filter((one) => !one.startsWith("/stream"))) {
        const path = pattern.replace(":product", id).replace(":id", id).replace(":path*", "x");
        for (const query of ["", `?product=${id}&granularity=ONE_MINUTE`, "?q=alert"]) {
          const answer = await web.handler(new Request(`http://localhost${path}${query}`));
          const text = await answer.text();
          if (text.includes("alert(1)")) shown++;
          const isMarkup = answer.headers.get("content-type")?.startsWith("text/html") ?? false;
          if (!isMarkup) continue;
          // In a script their markup is text. The comments of islands are ours.
          const markup = text.replace(SCRIPTS, "").replace(/<!--\/?(fresh|frsh):[\w:]*-->/g, "");
          assert.doesNotMatch(markup, LOOSE, path + query);
          for (const [, script = ""] of text.matchAll(SCRIPTS)) {
            assert.doesNotMatch(script, LOOSE_SCRIPT, path + query);
          }
        }
      }
    }
    assert.ok(shown > ATTACKS.length, `names are shown, ${shown} times`);
  } finally {
    await web.close();
  }
});

Deno.test("hostile exchange - a product's name has no character that cannot be stored or is not to be seen", () => {
  const named = (name: unknown) =>
    readProduct({ product_id: "BTC-USD", base_name: name })?.baseName;
  assert.equal(named("Bit\u0000c\u001b[31moin\u202e"), "Bitc[31moin");
  assert.equal(named("\u0000"), "BTC");
  assert.equal(named(" Bitcoin "), "Bitcoin");
  assert.equal(named(`${"a".repeat(199)}\u{1F600}`), "a".repeat(199));
  assert.equal(named("Łódź 幣 🪙"), "Łódź 幣 🪙");
});
