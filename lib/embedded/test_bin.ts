import { fileURLToPath } from "node:url";

/** The directory in which all tests install servers, so that they are fetched once. */
export const TEST_BIN_DIR = fileURLToPath(new URL("../../.data/bin", import.meta.url));
