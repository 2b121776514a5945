import { signal } from "@preact/signals";
import { Head } from "fresh/runtime";
import { define } from "../app.ts";
import Counter from "../islands/Counter.tsx";
import { Total } from "../islands/Total.tsx";

export default define.page(() => {
  const count = signal(3);
  return (
    <>
      <Head>
        <title>Two islands</title>
        <meta name="description" content="the page's" />
      </Head>
      <h1>One signal</h1>
      <Counter count={count} step={2n} />
      <Total count={count} since={new Date(0)} />
    </>
  );
});
