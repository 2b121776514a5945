import { fileURLToPath } from "node:url";

/** Where every test of the project lets servers be installed, so that they are fetched once. */
export const TEST_BIN_DIR = fileURLToPath(new URL("../../.data/bin", import.meta.url));
