import { type App, type AppHandler, onAnyError, useSnapshot } from "./app.ts";
import type { ResolvedBuildConfig } from "./build_config.ts";
import { errorPage } from "./error_page.ts";
import { HttpError } from "./http_error.ts";
import { memorySnapshot } from "./memory_snapshot.ts";
import type { ProjectBuild } from "./project_build.ts";
import { RevisionStream } from "./revision_stream.ts";
import { type ListenOptions, serve } from "./serve.ts";
import { watchProject } from "./watch_project.ts";

const ALIVE = "/_fresh/alive";

/** Serves an app during development. Owns its watcher and its browsers' streams; both end with the server. */
export class DevServer<State> {
  readonly #config: ResolvedBuildConfig;
  readonly #importApp: () => Promise<{ app: App<State> } | App<State>>;
  readonly #build: () => Promise<ProjectBuild>;
  readonly #revisions = new RevisionStream();
  /** What was thrown while a request was answered. */
  readonly #thrown = new WeakMap<Request, unknown>();
  #handler: AppHandler | null = null;
  #failure: unknown = null;

  constructor(
    config: ResolvedBuildConfig,
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    build: () => Promise<ProjectBuild>,
  ) {
    this.#config = config;
    this.#importApp = importApp;
    this.#build = build;
  }

  /** Serves until `options.signal` aborts. Without a port it takes the first free one from 8000 on. */
  async listen(options: ListenOptions): Promise<void> {
    const end = new AbortController();
    options.signal?.addEventListener("abort", () => end.abort());
    let ready = this.#rebuild();
    const watching = watchProject(this.#config, end.signal, () => {
      ready = this.#rebuild();
      return ready;
    });
    try {
      const server = serve({ ...options, signal: end.signal }, async (request, info) => {
        const { pathname } = new URL(request.url);
        if (pathname.endsWith(ALIVE)) return this.#revisions.response();
        await ready;
        return await this.#answer(request, info);
      });
      end.signal.addEventListener("abort", () => this.#revisions.close());
      await server.finished;
    } finally {
      end.abort();
      await watching;
    }
  }

  async #rebuild(): Promise<void> {
    try {
      const imported = await this.#importApp();
      const app = "app" in imported ? imported.app : imported;
      const build = await this.#build();
      const { basePath } = app.config;
      const script = reloadScript(basePath, build.bundle.reloadModule ?? "");
      useSnapshot(app, await memorySnapshot(this.#config.root, build, script), "development");
      onAnyError(app, (request, error) => this.#thrown.set(request, error));
      this.#handler = app.handler();
      this.#failure = null;
    } catch (error) {
      console.error(error);
      this.#failure = error;
    }
    this.#revisions.next();
  }

  async #answer(request: Request, info: Deno.ServeHandlerInfo): Promise<Response> {
    if (this.#handler === null || this.#failure !== null) {
      return errorPage(this.#failure, ALIVE);
    }
    const response = await this.#handler(request, info);
    const error = this.#thrown.get(request);
    const isPage = request.headers.get("accept")?.includes("text/html") ?? false;
    const unexpected = error !== undefined && !(error instanceof HttpError && error.status < 500);
    if (!isPage || !unexpected || response.status < 500) return response;
    await response.body?.cancel();
    return errorPage(error, ALIVE);
  }
}

function reloadScript(basePath: string, module: string): string {
  return `import{watchForChanges}from${JSON.stringify(basePath + module)};` +
    `watchForChanges(${JSON.stringify(basePath + ALIVE)});`;
}
