import type { Extension, ExtensionName } from "@mitome/x509";

/**
 * One line of a profile's table. Every listed extension is required, everything else is forbidden, and the order of the
 * lines is the order in the certificate. `content` builds the extension; the rule book reads `extension` and `critical`.
 */
export interface ProfileRow<Facts> {
  readonly extension: ExtensionName;
  readonly critical: boolean;
  readonly content: (facts: Facts) => Extension;
}

/** The kinds of certificate this system signs; also the kind of a signing intent. */
export type CertificateKind = "subscriber" | "self-signed" | "ocsp-responder" | "equipment" | "equipment-root";

/** A profile's extensions for these facts, in the table's order and with the table's criticality. */
export function buildExtensions<Facts>(profile: readonly ProfileRow<Facts>[], facts: Facts): readonly Extension[] {
  return profile.map(({ critical, content }) => ({ ...content(facts), critical }));
}
