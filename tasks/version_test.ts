import assert from "node:assert/strict";
import { declaredVersion, prepareRelease } from "./version.ts";

const SOURCE = '/** Which. */\nexport const VERSION = "0.9.1";\n';
const CHANGELOG =
  "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- This.\n\n## [0.9.1] - 2026-01-02\n";
const BEFORE = { source: SOURCE, changelog: CHANGELOG };

Deno.test("version - a release dates what is unreleased, and leaves an empty chapter above", () => {
  const { source, changelog } = prepareRelease("0.10.0", "2026-03-04", BEFORE);
  assert.equal(declaredVersion(source), "0.10.0");
  assert.equal(source, SOURCE.replace("0.9.1", "0.10.0"));
  assert.equal(
    changelog,
    "# Changelog\n\n## [Unreleased]\n\n## [0.10.0] - 2026-03-04\n\n### Added\n\n- This.\n\n" +
      "## [0.9.1] - 2026-01-02\n",
  );
});

for (const version of ["0.9.2", "0.10.0", "1.0.0"]) {
  Deno.test(`version - ${version} comes after 0.9.1`, () => {
    assert.equal(declaredVersion(prepareRelease(version, "2026-03-04", BEFORE).source), version);
  });
}

for (
  const [version, complaint] of [
    ["0.9.1", "0.9.1 is not higher than 0.9.1"],
    ["0.8.9", "0.8.9 is not higher than 0.9.1"],
    ["v1.0.0", '"v1.0.0" is not a version: three numbers, such as 0.3.0'],
    ["1.0", '"1.0" is not a version: three numbers, such as 0.3.0'],
    ["01.0.0", '"01.0.0" is not a version: three numbers, such as 0.3.0'],
    ["", '"" is not a version: three numbers, such as 0.3.0'],
  ] as const
) {
  Deno.test(`version - "${version}" is refused`, () => {
    assert.throws(() => prepareRelease(version, "2026-03-04", BEFORE), { message: complaint });
  });
}

Deno.test("version - there is no release without changes, and none without a chapter for them", () => {
  const released = prepareRelease("1.0.0", "2026-03-04", BEFORE);
  assert.throws(() => prepareRelease("1.0.1", "2026-03-04", released), /nothing to release/);
  const bare = { source: SOURCE, changelog: "# Changelog\n" };
  assert.throws(
    () => prepareRelease("1.0.0", "2026-03-04", bare),
    /has no line "## \[Unreleased\]"/,
  );
});
