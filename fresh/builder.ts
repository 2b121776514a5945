import { type App, useSnapshot } from "./app.ts";
import { type BuildOptions, resolveBuildConfig, type ResolvedBuildConfig } from "./build_config.ts";
import { stopBundler } from "./bundle.ts";
import { writeBuild } from "./disk_build.ts";
import { DevServer } from "./dev_server.ts";
import { memorySnapshot } from "./memory_snapshot.ts";
import { buildProject } from "./project_build.ts";
import type { ListenOptions } from "./serve.ts";
import {
  type OnTransformOptions,
  StaticTransforms,
  type TransformFn,
} from "./static_transforms.ts";

/** What `listen` imports: a module that exports `app`, or the app itself. */
export type ImportApp<State> = () => Promise<{ app: App<State> } | App<State>>;

/** Builds a project for production, or serves it while it is being worked on. Used in dev.ts. */
export class Builder {
  /** The current configuration. */
  config: ResolvedBuildConfig;
  readonly #transforms = new StaticTransforms();

  constructor(options: BuildOptions = {}) {
    this.config = resolveBuildConfig(options);
  }

  /** Changes static files as they are built, for example with a stylesheet's compiler. */
  onTransformStaticFile(options: OnTransformOptions, callback: TransformFn): void {
    this.#transforms.add(options, callback);
  }

  /**
   * Writes `server.js` and the client modules to the out folder, without running any of the project's
   * modules. With `snapshot: "memory"` nothing is written; then, for tests, the function it resolves to
   * gives the build to an app, routes and islands included.
   */
  async build(
    options: { mode?: ResolvedBuildConfig["mode"]; snapshot?: "disk" | "memory" } = {},
  ): Promise<<State>(app: App<State>) => void> {
    this.config.mode = options.mode ?? "production";
    const { config } = this;
    try {
      const build = await buildProject(config, this.#transforms);
      if (options.snapshot !== "memory") {
        await writeBuild(config, build);
        return () => {
          throw new Error(`Only a build with snapshot: "memory" can be given to an app`);
        };
      }
      const snapshot = await memorySnapshot(config.root, build, null);
      return (app) => useSnapshot(app, snapshot, config.mode);
    } finally {
      await stopBundler();
    }
  }

  /** Serves the app, rebuilds it when its files change, and shows what went wrong in the browser. */
  async listen<State>(importApp: ImportApp<State>, options: ListenOptions = {}): Promise<void> {
    this.config.mode = "development";
    const { config } = this;
    const server = new DevServer<State>(
      config,
      importApp,
      () => buildProject(config, this.#transforms),
    );
    try {
      await server.listen(options);
    } finally {
      await stopBundler();
    }
  }
}
