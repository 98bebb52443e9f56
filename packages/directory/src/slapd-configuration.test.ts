import { readFileSync } from "node:fs";
import { chibaAuthority, chibaPracticeAuthority } from "@mitome/ca";
import { describe, expect, it } from "vitest";
import { firstEntries, slapdConfiguration } from "./slapd-configuration.ts";

const page = readFileSync(new URL("../../../docs/directory.md", import.meta.url), "utf8");
/** The text of a block of this kind in docs/directory.md. */
const block = (kind: string): string => new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\``, "ms").exec(page)?.[1] ?? "";
const decoded = (ldif: string): string =>
  ldif.replaceAll(/^(\w+):: (.*)$/gm, (_, name, value) => `${name}: ${Buffer.from(value, "base64").toString("utf8")}`);

describe("docs/directory.md", () => {
  it("shows the configuration as it is", () => {
    const configuration = slapdConfiguration({
      authorities: [chibaAuthority],
      databases: "/var/lib/mitome-directory",
      pidFile: "/run/mitome-directory/pid",
      tls: {
        certificateFile: "/etc/mitome-directory/server.pem",
        keyFile: "/etc/mitome-directory/server.key",
      },
    });
    expect(block("conf")).toBe(configuration);
  });

  it("shows the first entries as they are", () => {
    const hashes = { publisher: "{ARGON2}…", registrar: "{ARGON2}…", replica: "{ARGON2}…", meter: "{ARGON2}…" };
    expect(block("ldif")).toBe(decoded(firstEntries(chibaAuthority, hashes)).trimEnd().concat("\n"));
  });
});

describe("slapd's configuration", () => {
  const settings = { databases: "/d", pidFile: "/p" };

  it("has the database of a longer suffix first, which slapd would otherwise never ask", () => {
    const configuration = slapdConfiguration({ ...settings, authorities: [chibaAuthority, chibaPracticeAuthority] });
    const suffixes = [...configuration.matchAll(/^suffix "(O.*)"$/gm)].map(([, suffix]) => suffix);
    expect(suffixes).toEqual([
      "OU=Practice,O=Chiba Prefectural Government,C=JP",
      "O=Chiba Prefectural Government,C=JP",
    ]);
  });

  it("takes a name for no more than a name", () => {
    const [country, , title] = chibaAuthority.issuer;
    if (country === undefined || title === undefined) throw new RangeError("an issuer of fewer names");
    const issuer = [country, { type: "O", value: 'Chiba" by * write "\\, Ltd' } as const, title];
    const configuration = slapdConfiguration({ ...settings, authorities: [{ ...chibaAuthority, issuer }] });
    expect(configuration).toContain('\nsuffix "O=Chiba\\\\\\" by * write \\\\\\"\\\\\\\\\\\\, Ltd,C=JP"\n');
  });

  it("is not written for a copy that has no password", () => {
    const copyOf = { url: "ldaps://first.example", passwords: {} };
    expect(() => slapdConfiguration({ ...settings, authorities: [chibaAuthority], copyOf })).toThrow(RangeError);
  });
});
