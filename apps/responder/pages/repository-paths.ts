import { publicUntil } from "@mitome/ca";
import { fingerprintOf } from "./fingerprint.ts";
import { openReports, reportPaperPath } from "./open-reports.ts";
import type { PublicView, PublishedCertificate, PublishedList } from "./public-view.ts";
import { certificateObject, listObject, paperObject, pemObject, type ServedObject } from "./repository-object.ts";

/** Where a certificate lies: named by its SHA-256, so what a path names never changes. */
export function certificatePath({ der }: Pick<PublishedCertificate, "der">, form: "cer" | "pem"): string {
  return `/repository/certificates/${fingerprintOf(der, "SHA-256")}.${form}`;
}

/** Where the newest issue of a public list lies. */
export function listPath({ kind, generation }: Pick<PublishedList, "kind" | "generation">): string {
  return `/repository/${kind}-revocation-lists/${generation}.crl`;
}

/** Everything that anyone may fetch (運用規程 2-6-3), by its path; what the pages offer and nothing else. */
export function publicObjects({
  certificates,
  lists,
  reports,
  now,
}: Pick<PublicView, "certificates" | "lists" | "reports" | "now">): ReadonlyMap<string, ServedObject> {
  return new Map([
    ...certificates.flatMap((one): readonly (readonly [string, ServedObject])[] => [
      [certificatePath(one, "cer"), certificateObject(one.der, one.publishedAt)],
      [certificatePath(one, "pem"), pemObject(one.der, one.publishedAt)],
    ]),
    ...lists.map((list) => [listPath(list), listObject(list.der, list.issue, "anyone")] as const),
    ...openReports({ reports, now }).flatMap(
      ({ id, pdf, publishedAt }): readonly (readonly [string, ServedObject])[] =>
        pdf === undefined ? [] : [[reportPaperPath({ id }), paperObject(pdf, publishedAt, publicUntil(publishedAt))]],
    ),
  ]);
}
