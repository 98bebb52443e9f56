import { createHash, randomBytes, randomUUID, sign } from "node:crypto";
import {
  cardCryptogramInput,
  cardKeyDerivationData,
  cmac,
  deriveKey,
  originMacInput,
  proofOfPossessionHash,
  proofOfPossessionMessage,
  sessionKeyDerivationData,
} from "@mitome/card";
import type { SyntheticResident } from "@mitome/testkit/residents";
import { z } from "zod";
import type { LoadKey } from "./load-keys.ts";
import type { Municipality } from "./municipality.ts";

const opened = z.object({ kind: z.literal("opened"), caseChallenge: z.base64() });
const session = z.object({ kind: z.literal("opened"), hostChallenge: z.base64() });
const authorised = z.object({ kind: z.literal("authorised") });

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** What one certificate of the load is made for. */
export interface Subscriber {
  readonly resident: SyntheticResident;
  readonly key: LoadKey;
  readonly cardNumber: string;
}

/**
 * Does what comes before the request: opens a case and a card session, has the making of a key authorised, and computes
 * what the card would say with its key. Answers the body of `issuance.request`, ready to be sent.
 */
export async function prepareRequest(
  authority: string,
  municipality: Municipality,
  { resident, key, cardNumber }: Subscriber,
  cardMasterKey: Uint8Array,
): Promise<string> {
  const attempt = { caseId: randomUUID(), attempt: 1 };
  const call = (procedure: string, input: object) =>
    municipality.call(procedure, JSON.stringify({ ...attempt, cardNumber, ...input }));

  const caseChallenge = Buffer.from(opened.parse(await call("cards.openCase", {})).caseChallenge, "base64");
  const cardChallenge = randomBytes(16);
  const answer = session.parse(await call("cards.openSession", { cardChallenge: base64(cardChallenge) }));
  const hostChallenge = Buffer.from(answer.hostChallenge, "base64");
  const cardKey = deriveKey(cardMasterKey, cardKeyDerivationData(cardNumber));
  const sessionKey = deriveKey(cardKey, sessionKeyDerivationData(cardChallenge, hostChallenge));
  const counter = 1;
  authorised.parse(
    await call("cards.authorise", {
      cardChallenge: base64(cardChallenge),
      hostChallenge: answer.hostChallenge,
      cardCryptogram: base64(cmac(sessionKey, cardCryptogramInput(cardChallenge, hostChallenge))),
      counter,
      command: { name: "generateKey", algorithm: "rsa-2048" },
    }),
  );

  const spkiDigest = createHash("sha256").update(key.spki).digest();
  const mac = cmac(sessionKey, originMacInput({ counter, cardNumber, caseChallenge, spkiDigest }));
  const possession = proofOfPossessionMessage({ caseChallenge, caseId: attempt.caseId, cardNumber, spki: key.spki });
  const { name, dateOfBirth, gender, address, residentCode, registerVersion } = resident;
  const now = new Date().toISOString();
  const payload = Buffer.from(
    JSON.stringify({
      version: 1,
      authority,
      ...attempt,
      municipality: municipality.code,
      clerk: "load",
      requestedAt: now,
      profile: "subscriber",
      residentCode,
      registerVersion,
      items: {
        name,
        dateOfBirth,
        gender,
        address,
        nameSubstitutions: noFlags(name),
        addressSubstitutions: noFlags(address),
      },
      publicKey: base64(key.spki),
      keyGeneratedAt: now,
      proofOfPossession: base64(sign(proofOfPossessionHash("rsa-2048"), possession, key.privateKey)),
      cardOrigin: {
        cardNumber,
        cardChallenge: base64(cardChallenge),
        hostChallenge: answer.hostChallenge,
        counter,
        mac: base64(mac),
      },
    }),
  );
  return JSON.stringify({ payload: base64(payload), signature: municipality.sign("issuance", payload) });
}

const noFlags = (text: string): string => "0".repeat([...text].length);
