import { define } from "../app.ts";
import { parseThemeChoice, themeCookie } from "../components/theme.ts";

/** Keeps the theme for people without script: sets the cookie and goes back to where they were. */
export const handler = define.handlers({
  async POST(ctx) {
    const form = await ctx.req.formData().catch(() => new FormData());
    const choice = parseThemeChoice(form.get("theme"));
    if (choice === null) return ctx.text("theme: light, dark or system", { status: 400 });
    const back = form.get("back");
    const path = typeof back === "string" && back.startsWith("/") ? back : "/";
    const answer = ctx.redirect(path, 303);
    answer.headers.set("set-cookie", themeCookie(choice));
    return answer;
  },
});
