import { define } from "../app.ts";

export const handler = define.middleware([
  (ctx) => {
    ctx.state.greeting = "hello";
    return ctx.next();
  },
  async (ctx) => {
    const response = await ctx.next();
    response.headers.set("x-greeting", ctx.state.greeting);
    return response;
  },
]);
