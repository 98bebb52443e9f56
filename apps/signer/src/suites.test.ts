import { createHash } from "node:crypto";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chibaPracticeAuthority, type SuiteName } from "@mitome/ca";
import { parseSubjectPublicKeyInfo, type SignatureAlgorithm, verifySignature } from "@mitome/x509";
import { expect, it } from "vitest";
import { macAndRecord } from "./intents.fixture.ts";
import { readJournal } from "./journal-lines.ts";
import { foundAuthority } from "./signer.fixture.ts";
import { custodiansIn } from "./signer-process.fixture.ts";

const suites: readonly (readonly [SuiteName, SignatureAlgorithm, string])[] = [
  ["jpki-2016", "sha256WithRSAEncryption", "RSA of 2048 bits"],
  ["jpki-next", "ecdsa-with-SHA384", "P-384"],
  ["cps-2014", "sha1WithRSAEncryption", "RSA of 2048 bits"],
];

it.each(suites)(
  "[C-6-1-1-2.1] makes and uses the governor's key of suite %s: %s, %s",
  async (suite, algorithm, shape) => {
    const definition = { ...chibaPracticeAuthority, suite, acknowledgesHistoricalReproduction: suite === "cps-2014" };
    const authority = await foundAuthority({ definition });
    try {
      const answer = await authority.client.publicKey("ca:chiba-practice:1");
      if (answer.kind !== "publicKey") throw new Error(answer.kind);
      const key = parseSubjectPublicKeyInfo(answer.spki);
      const made =
        key.kind === "rsa" ? `RSA of ${key.modulus.length * 8} bits` : key.kind === "ec" ? key.curve : "other";
      expect(made).toBe(shape);

      const intent = await authority.selfSignedIntent();
      await macAndRecord(authority, intent);
      const signatures = [await authority.operator.sign(intent.id, 1n), await authority.operator.sign(intent.id, 1n)];
      for (const signed of signatures) {
        if (signed.kind !== "signed") throw new Error(JSON.stringify(signed));
        expect(verifySignature(answer.spki, algorithm, intent.tbs, signed.signature)).toBe(true);
      }
      // RSA signs the same octets alike, ECDSA never does; either way both attempts are accounted for.
      const [one, two] = signatures.map((signed) => JSON.stringify(signed));
      expect(one === two).toBe(key.kind === "rsa");
      const tbs = createHash("sha256").update(intent.tbs).digest("hex");
      const outcomes = (await readJournal(authority.journal)).filter(
        ({ entry }) => entry.kind === "outcome" && entry.tbs === tbs && entry.outcome === "signed",
      );
      expect(outcomes).toHaveLength(2);
    } finally {
      await authority.stop();
    }
  },
);

it("architecture.md §7: makes no keys for an authority of the historical suite that does not acknowledge it, and does not start", async () => {
  const sentence = "this suite only reproduces history: acknowledgesHistoricalReproduction must be true";
  const authority = await foundAuthority();
  try {
    const file = join(authority.directory, "unacknowledged.json");
    writeFileSync(file, JSON.stringify({ ...authority.definition, suite: "cps-2014" }));
    await authority.process().stop();
    await expect(authority.restart({ authorityDefinition: file })).rejects.toThrow(sentence);
    const custodians = custodiansIn(join(authority.directory, "elsewhere"));
    const record = join(authority.directory, "elsewhere.json");
    expect(() =>
      authority.holdCeremony({ tokenLabel: "other", authorityDefinition: file, custodians, record }),
    ).toThrow(`${file}: ${sentence}\n`);
    expect([record, ...custodians.map(({ directory }) => directory)].some(existsSync)).toBe(false);
    expect(readdirSync(authority.tokensDirectory)).toHaveLength(1);
    await authority.restart();
  } finally {
    await authority.stop();
  }
});

it("does not start unattended when the authority's definition wants its custodians", async () => {
  const authority = await foundAuthority({ unattended: false });
  try {
    await authority.process().stop();
    const unattended = { unattended: true, pinFile: `${authority.directory}/definition.json` };
    await expect(authority.restart(unattended)).rejects.toThrow(/not an unattended authority/);
  } finally {
    await authority.stop();
  }
});
