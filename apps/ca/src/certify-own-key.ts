/** A key of the authority certifies itself, by the grammar of everything that is signed. */
import { randomUUID } from "node:crypto";
import {
  type AuthorityDefinition,
  decideEquipmentRoot,
  decideSelfSigned,
  type SigningIntent,
  verifiedCertificate,
} from "@mitome/ca";
import { type EnteredKey, PostgresEquipmentLedger } from "@mitome/db/ca";
import { ownSigningKeyOf } from "@mitome/hsm/signer-client";
import { serialNumberFromRandom, verificationKey } from "@mitome/x509";
import { CannotDo, type OperatorDesk } from "./operator-script.ts";
import { systemClock, systemRandomness } from "./system-clock.ts";

/** Decides, records, signs, verifies and records the self-signed certificate of a key. */
export async function certifyOwnKey(
  desk: OperatorDesk,
  definition: AuthorityDefinition,
  entered: EnteredKey,
): Promise<void> {
  const { acting, ledger, operators } = desk;
  const { purpose, number: generation, publicKey: subjectPublicKeyInfo } = entered;
  const serial = serialNumberFromRandom(systemRandomness.bytes(20));
  const now = systemClock.now();
  const plan =
    purpose === "residents"
      ? decideSelfSigned({ definition, subjectPublicKeyInfo, now, serial })
      : decideEquipmentRoot({ authority: definition.id, subjectPublicKeyInfo, now, serial });
  if (plan.kind === "refused") throw new CannotDo(`the key ${entered.label} may not be certified: ${plan.check}`);
  const kind = purpose === "residents" ? "self-signed" : "equipment-root";
  const nobody = { request: null, requestSignature: null, requesterCertificate: null };
  const row = { id: randomUUID(), authority: definition.id, generation, kind, serial } as const;
  const fields: SigningIntent = { ...row, tbs: plan.tbs, ...nobody };
  const signingKey = ownSigningKeyOf(desk.operatorSocket);
  const mac = await signingKey.macIntent(fields);
  const detail = { intent: fields.id, serial, generation };
  const recorded = { kind: "authority.intentRecorded", result: "done", detail } as const;
  const equipment = new PostgresEquipmentLedger(ledger);
  const operational = { fields, serial, mac, ticketId: undefined };
  const intent = await equipment.recordOperationalIntent(acting, operational, recorded);
  const signature = await signingKey.sign(intent);
  const key = verificationKey(subjectPublicKeyInfo);
  const certificate = verifiedCertificate(plan.tbs, plan.signatureAlgorithm, signature, { key });
  const certified = { kind: "authority.keyCertified", result: "done", detail } as const;
  await operators.certifyGeneration(acting, { intent, purpose, certificate }, certified);
}
