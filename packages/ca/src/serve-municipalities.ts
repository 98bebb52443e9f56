/** An authority's use cases under the names that `ca-api` calls them by. */
import { actingFor } from "./caller.ts";
import { authoriseCommand, lookCard, openCardSession, openCase } from "./card-case.ts";
import type { CertificationAuthority } from "./certification-authority.ts";
import { confirmDelivery, endAttempt } from "./confirm-delivery.ts";
import { redeemTicket, renewEquipment } from "./enrol-equipment.ts";
import { issueCertificate } from "./issue-certificate.ts";
import type { IssuingAuthority } from "./issuing-authority.ts";
import type { RegisterAuthority } from "./register-changes/apply-register-change.ts";
import { mostChangesACall, takeRegisterFile } from "./register-changes/take-register-file.ts";
import { type RevokingAuthority, revokeForSubscriber } from "./revocation/revoke-certificate.ts";

/** Serves municipalities with an authority's use cases. */
export function serveMunicipalities(
  authority: IssuingAuthority & RevokingAuthority & RegisterAuthority,
): CertificationAuthority {
  const { definition, ledger, signingKey, clock, clockGuard } = authority;
  return {
    describe: async () => ({
      definition,
      generations: [...authority.generations.values()].map(({ number, certificate }) => ({
        number,
        selfSignedCertificate: certificate,
      })),
      currentGeneration: authority.current.number,
      issuing: (await signingKey.activated()) && clockGuard.read() instanceof Date,
    }),
    holding: async (call, residentCode) => {
      const subscriber = await signingKey.subscriberId(residentCode);
      const held = await ledger.holding(definition.id, subscriber, clock.now());
      const detail = { subscriber, holds: held !== undefined };
      await ledger.recordEvent(actingFor(call), { kind: "holding.read", result: "done", detail });
      return held;
    },
    lookCard: (call, cardNumber) => lookCard(authority, call, cardNumber),
    openCase: (call, opening) => openCase(authority, call, opening),
    openCardSession: (call, opening) => openCardSession(authority, call, opening),
    authoriseCommand: (call, question) => authoriseCommand(authority, call, question),
    issue: (call, signed) => issueCertificate(authority, call, signed),
    revoke: (call, signed) => revokeForSubscriber(authority, call, signed),
    changeRegister: (call, signed) =>
      takeRegisterFile(authority, actingFor(call), signed, call.caller, mostChangesACall),
    confirmDelivery: (call, delivery) => confirmDelivery(authority, call, delivery),
    endAttempt: (call, ending) => endAttempt(authority, call, ending),
    renewEquipment: (call, renewal) => renewEquipment(authority, call, renewal),
    redeemTicket: (redemption) => redeemTicket(authority, redemption),
  };
}
