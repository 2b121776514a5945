import { define } from "../app.ts";
import { parseThemeChoice, themeCookie } from "../components/site/theme.ts";

/** The form is some hundred bytes; nobody may have us hold more. */
const MAX_FORM_BYTES = 4096;

/** A path as browsers write it; nothing that a header cannot hold. */
const PATH = /^\/[\x21-\x7e]*$/;

/** Keeps the theme for people without script: sets the cookie and goes back to where they were. */
export const handler = define.handlers({
  async POST(ctx) {
    const length = ctx.req.headers.get("content-length");
    if (length === null) return ctx.text("content-length is missing", { status: 411 });
    if (!(Number(length) <= MAX_FORM_BYTES)) return ctx.text("too long a form", { status: 413 });
    const form = await ctx.req.formData().catch(() => new FormData());
    const choice = parseThemeChoice(form.get("theme"));
    if (choice === null) return ctx.text("theme: light, dark or system", { status: 400 });
    const back = form.get("back");
    const path = typeof back === "string" && PATH.test(back) ? back : "/";
    const answer = ctx.redirect(path, 303);
    answer.headers.set("set-cookie", themeCookie(choice));
    return answer;
  },
});
