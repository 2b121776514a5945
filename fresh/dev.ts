/** The part of Fresh 2's `fresh/dev` that this project's dev.ts uses; see README.md. */
export { Builder } from "./builder.ts";
export type { BuildOptions, ResolvedBuildConfig } from "./build_config.ts";
export type {
  OnTransformArgs,
  OnTransformOptions,
  OnTransformResult,
  TransformFn,
} from "./static_transforms.ts";
