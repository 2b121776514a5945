import { localPath } from "../../lib/http/local_path.ts";
import { type BodyLimits, BodyRefusal, readBody } from "../../lib/http/request_body.ts";
import { only } from "../../methods.ts";
import { parseThemeChoice, themeCookie } from "../../components/site/theme.ts";

/** The form is some hundred bytes; more is not read. */
const FORM: BodyLimits = { maxBytes: 4096, timeoutMs: 5000 };

/** Keeps the theme for people without script: sets the cookie and goes back to where they were. */
export const handler = only({
  async POST(ctx) {
    const length = ctx.req.headers.get("content-length");
    if (length === null) return ctx.text("content-length is missing", { status: 411 });
    if (!(Number(length) <= FORM.maxBytes)) {
      return ctx.text("the form is too long", { status: 413 });
    }
    const form = await readForm(ctx.req);
    if (form instanceof BodyRefusal) return ctx.text(form.message, { status: form.status });
    const choice = parseThemeChoice(form.get("theme"));
    if (choice === null) return ctx.text("theme: light, dark or system", { status: 400 });
    const answer = ctx.redirect(localPath(form.get("back")) ?? "/", 303);
    answer.headers.set("set-cookie", themeCookie(choice));
    return answer;
  },
});

/** A body that is not a form counts as an empty one. */
async function readForm(request: Request): Promise<FormData | BodyRefusal> {
  try {
    const bytes = await readBody(request, FORM);
    const headers = { "content-type": request.headers.get("content-type") ?? "" };
    return await new Response(bytes, { headers }).formData();
  } catch (error) {
    return error instanceof BodyRefusal ? error : new FormData();
  }
}
