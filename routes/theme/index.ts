import { localPath } from "../../lib/http/local_path.ts";
import { only } from "../../methods.ts";
import { parseThemeChoice, themeCookie } from "../../components/site/theme.ts";

/** The form is some hundred bytes; nobody may have us hold more. */
const MAX_FORM_BYTES = 4096;

/** Keeps the theme for people without script: sets the cookie and goes back to where they were. */
export const handler = only({
  async POST(ctx) {
    const length = ctx.req.headers.get("content-length");
    if (length === null) return ctx.text("content-length is missing", { status: 411 });
    if (!(Number(length) <= MAX_FORM_BYTES)) return ctx.text("too long a form", { status: 413 });
    const form = await ctx.req.formData().catch(() => new FormData());
    const choice = parseThemeChoice(form.get("theme"));
    if (choice === null) return ctx.text("theme: light, dark or system", { status: 400 });
    const answer = ctx.redirect(localPath(form.get("back")) ?? "/", 303);
    answer.headers.set("set-cookie", themeCookie(choice));
    return answer;
  },
});
