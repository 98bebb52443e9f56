import { isReportPublic } from "@mitome/ca";
import type { PublicView, PublishedReport } from "./public-view.ts";

/** 運用規程 4-5: anyone can see a report for five years. The newest comes first. */
export function openReports({ reports, now }: Pick<PublicView, "reports" | "now">): readonly PublishedReport[] {
  return reports
    .filter(({ publishedAt }) => isReportPublic(publishedAt, now))
    .toSorted((one, other) => other.publishedAt.getTime() - one.publishedAt.getTime());
}

/** Where the PDF of a report lies. */
export function reportPaperPath({ id }: Pick<PublishedReport, "id">): string {
  return `/provision-reports/${id}.pdf`;
}
