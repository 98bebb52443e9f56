import { equipmentProfile } from "./equipment.ts";
import { equipmentRootProfile } from "./equipment-root.ts";
import { responderProfile } from "./ocsp-responder.ts";
import type { CertificateKind, ProfileRow } from "./profile.ts";
import { selfSignedProfile } from "./self-signed.ts";
import { subscriberProfile } from "./subscriber.ts";

/** The table of each kind of certificate, as far as rules read it. */
export const profiles: {
  readonly [Kind in CertificateKind]: readonly Pick<ProfileRow<never>, "extension" | "critical">[];
} = {
  subscriber: subscriberProfile,
  "self-signed": selfSignedProfile,
  "ocsp-responder": responderProfile,
  equipment: equipmentProfile,
  "equipment-root": equipmentRootProfile,
};
