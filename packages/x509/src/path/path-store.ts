import { type PathCertificate, readPathCertificate } from "./path-certificate.ts";
import { type PathCertificateList, readPathCertificateList } from "./path-certificate-list.ts";
import type { PathName } from "./path-name.ts";

/** Certificates and lists at hand, found by name. What cannot be read is left out, with its reason in `unreadable`. */
export class PathStore {
  readonly unreadable: string[] = [];
  readonly #certificates = new Map<string, Map<string, PathCertificate>>();
  readonly #lists = new Map<string, Map<string, PathCertificateList>>();

  /** Takes a certificate in DER. */
  addCertificate(der: Uint8Array): void {
    const reading = readPathCertificate(der);
    if (reading.kind === "malformed") this.unreadable.push(`a certificate: ${reading.why}`);
    else file(this.#certificates, reading.certificate.subject, reading.certificate);
  }

  /** Takes a certificate list in DER. */
  addList(der: Uint8Array): void {
    const reading = readPathCertificateList(der);
    if (reading.kind === "malformed") this.unreadable.push(`a certificate list: ${reading.why}`);
    else file(this.#lists, reading.list.issuer, reading.list);
  }

  /** Certificates whose subject matches. */
  certificatesOf(subject: PathName): readonly PathCertificate[] {
    return [...(this.#certificates.get(subject.key)?.values() ?? [])];
  }

  /** Lists whose issuer matches. */
  listsOf(issuer: PathName): readonly PathCertificateList[] {
    return [...(this.#lists.get(issuer.key)?.values() ?? [])];
  }
}

function file<Item extends { readonly fingerprint: string }>(
  byName: Map<string, Map<string, Item>>,
  name: PathName,
  item: Item,
): void {
  const sameName = byName.get(name.key) ?? new Map<string, Item>();
  sameName.set(item.fingerprint, item);
  byName.set(name.key, sameName);
}
