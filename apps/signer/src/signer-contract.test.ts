import { signingKeyOf } from "@mitome/hsm/signer-client";
import { signerContract } from "@mitome/hsm/signer-contract";
import { verifySignature } from "@mitome/x509";
import { afterAll, beforeAll, describe } from "vitest";
import { type FoundedAuthority, foundAuthority } from "./signer.fixture.ts";

describe("the signer on its token keeps the signer's contract", () => {
  let authority: FoundedAuthority;
  beforeAll(async () => {
    authority = await foundAuthority();
  });
  afterAll(() => authority.stop());

  signerContract(() => ({
    key: signingKeyOf(authority.client),
    rightIntent: () => authority.subscriberIntent(),
    record: (intent, mac) => authority.record(intent, mac),
    async verifies(intent, signature) {
      const answer = await authority.client.publicKey("ca:chiba-practice:1");
      if (answer.kind !== "publicKey") throw new Error(answer.kind);
      return verifySignature(answer.spki, "sha256WithRSAEncryption", intent.tbs, signature);
    },
    async setActivated(activated) {
      if (activated) await authority.operator.activate(authority.userPin);
      else await authority.operator.deactivate();
    },
  }));
});
