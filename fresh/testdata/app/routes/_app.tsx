import { asset } from "fresh/runtime";
import { define } from "../app.ts";

export default define.layout(({ Component }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>Fixture</title>
      <link rel="icon" href="data:," />
      <meta name="description" content="the app's" />
      <link rel="stylesheet" href={asset("/styles.css")} />
      <style>{"main { display: block }"}</style>
    </head>
    <body>
      <nav>
        <a href="/products">Products</a>
      </nav>
      <Component />
    </body>
  </html>
));
