import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CertificateKind } from "./profile.ts";
import { profiles } from "./profiles.ts";

const page = readFileSync(new URL("../../../../docs/certificate-profiles.md", import.meta.url), "utf8");

describe("docs/certificate-profiles.md", () => {
  it.each(Object.keys(profiles) as CertificateKind[])("has the table of %s certificates as the code has it", (kind) => {
    const section = page.split(/^## /m).find((one) => one.startsWith(`${kind}\n`)) ?? "";
    const rows = [...section.matchAll(/^\| (\w+) +\| (yes|no) +\|/gm)].map(([, extension, critical]) => ({
      extension,
      critical: critical === "yes",
    }));
    expect(rows).toEqual(profiles[kind].map(({ extension, critical }) => ({ extension, critical })));
  });
});
