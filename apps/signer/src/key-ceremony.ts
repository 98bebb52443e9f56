import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { authorityKeyShape } from "@mitome/ca";
import {
  generateMacKey,
  generateSigningKeyPair,
  importCardMasterKey,
  initialiseToken,
  type KeyPairAlgorithm,
} from "@mitome/hsm";
import { z } from "zod";
import { readAuthorityDefinition } from "./authority-definition-file.ts";
import { CannotStart } from "./cannot-start.ts";
import { cardMasterLabel } from "./cards.ts";
import type { CeremonyPlan } from "./ceremony-plan.ts";
import { combineComponents, combinePin } from "./custodian-components.ts";
import {
  auditHeadsLabel,
  equipmentRootLabel,
  intentMacLabel,
  signingKeyLabel,
  subscriberIdLabel,
  ticketMacLabel,
} from "./inspection.ts";

const ceremonyRecord = z.strictObject({
  at: z.iso.datetime(),
  instance: z.enum(["authority", "cards"]),
  tokenLabel: z.string(),
  custodians: z.array(z.string()),
  keys: z.array(z.string()),
});

/** What a ceremony did; kept beside the authority's papers. */
export type CeremonyRecord = z.infer<typeof ceremonyRecord>;

/** A token exists without the record of a finished ceremony: people must look before anything is removed. */
class CeremonyInterrupted extends CannotStart {
  override readonly name = "CeremonyInterrupted";
}

/**
 * Makes an instance's token and all its keys, with two custodians, in one session; a token that exists is never
 * touched. Throws CannotStart, before anything is made.
 */
export function holdCeremony(plan: CeremonyPlan, at: Date): { kind: "done" | "alreadyDone"; record: CeremonyRecord } {
  const directories = [plan.custodians[0].directory, plan.custodians[1].directory] as const;
  if (existsSync(plan.record)) {
    return { kind: "alreadyDone", record: ceremonyRecord.parse(JSON.parse(readFileSync(plan.record, "utf8"))) };
  }
  const keyPairs = plan.instance === "authority" ? keyPairsOf(plan) : [];
  const userPin = combinePin(directories, `${plan.tokenLabel}.user`);
  const pins = { user: userPin, securityOfficer: combinePin(directories, `${plan.tokenLabel}.security-officer`) };
  const keys: string[] = [];
  const outcome = initialiseToken(plan, pins, (pkcs11, session) => {
    if (plan.instance === "cards") {
      const master = combineComponents(directories, "card-master-1");
      importCardMasterKey(pkcs11, session, cardMasterLabel, master);
      master.fill(0);
      keys.push(cardMasterLabel);
      return;
    }
    for (const [label, algorithm] of keyPairs) {
      generateSigningKeyPair(pkcs11, session, label, algorithm);
      keys.push(label);
    }
    for (const label of [intentMacLabel, subscriberIdLabel, ticketMacLabel]) {
      generateMacKey(pkcs11, session, label);
      keys.push(label);
    }
  });
  if (outcome === "tokenExists") {
    throw new CeremonyInterrupted(
      `a token ${plan.tokenLabel} exists, and no record of its ceremony: ${plan.record}\n` +
        "An earlier ceremony was interrupted. Remove that token and hold it again.",
    );
  }
  if (plan.pinFile !== undefined) writePrivately(plan.pinFile, `${userPin}\n`);
  const record: CeremonyRecord = {
    at: at.toISOString(),
    instance: plan.instance,
    tokenLabel: plan.tokenLabel,
    custodians: plan.custodians.map(({ name }) => name),
    keys,
  };
  writePrivately(plan.record, `${JSON.stringify(record, undefined, 2)}\n`);
  return { kind: "done", record };
}

function keyPairsOf(plan: Extract<CeremonyPlan, { instance: "authority" }>): readonly [string, KeyPairAlgorithm][] {
  const definition = readAuthorityDefinition(plan.authorityDefinition);
  const shape = authorityKeyShape(definition);
  return [
    [signingKeyLabel(definition.id, "subscriber", plan.generation), algorithmOf(shape)],
    [equipmentRootLabel, "P-256"],
    [auditHeadsLabel, "P-256"],
  ];
}

function algorithmOf(shape: ReturnType<typeof authorityKeyShape>): KeyPairAlgorithm {
  if (shape.kind === "ec") return shape.curve;
  // 千葉県運用規程 6-1-1-2: 2,048 bits; 3,072 and 4,096 are allowed, nothing shorter or in between.
  const algorithm = ([2048, 3072, 4096] as const).find((bits) => bits === shape.bits);
  if (algorithm === undefined) throw new RangeError(`a CA key of ${shape.bits} bits is not made`);
  return `RSA-${algorithm}`;
}

function writePrivately(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode: 0o600 });
}
