import { z } from "zod";

/** Who publishes a page: the 運用会議, the prefecture, or both (運用規程 1-3-1(2), 2-4-2, 2-6-1). */
export type Publisher = "council" | "prefecture" | "both";

const line = z.string().min(1).max(300);
const paragraphs = z.array(z.string().min(1).max(2_000)).min(1).readonly();
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const services = ["http", "ldap", "ocsp"] as const;

const publicationSchema = z
  .strictObject({
    names: z.strictObject({ service: line, authority: line, governor: line, prefecture: line, council: line }),
    /** Shown on every page: what a reader must know about this whole site. */
    remark: line.optional(),
    /** 運用規程 1-3-4. */
    contact: z.strictObject({
      organisation: line,
      department: line,
      address: line,
      hours: line,
      telephone: line,
      fax: line,
      email: z.email(),
    }),
    /** 運用規程 2-4-1, 2-6-2: the newest version of each, by the day from which it is in force. */
    laws: z.strictObject({
      remark: line.optional(),
      list: z
        .array(
          z.strictObject({
            name: line,
            number: line,
            role: z.enum(["governing", "related"]),
            inForceSince: z.iso.date(),
            address: z.url({ protocol: /^https$/ }).optional(),
          }),
        )
        .min(1)
        .readonly(),
    }),
    /** 運用規程 2-4-2. */
    structureChanges: z.array(z.strictObject({ date: z.iso.date(), title: line, text: paragraphs })).readonly(),
    /** 運用規程 2-6-1. */
    crossCertified: z.array(z.strictObject({ name: line, since: z.iso.date() })).readonly(),
    crossCancelled: z.array(z.strictObject({ name: line, since: z.iso.date(), cancelledOn: z.iso.date() })).readonly(),
    notices: z
      .array(
        z.strictObject({
          date: z.iso.date(),
          title: line,
          text: paragraphs,
          publisher: z.enum(["council", "prefecture", "both"]),
        }),
      )
      .readonly(),
    /** 運用規程 2-6-4. */
    maintenance: z
      .array(
        z
          .strictObject({
            from: instant,
            until: instant,
            services: z.array(z.enum(services)).min(1).readonly(),
            reason: line,
          })
          .refine(({ from, until }) => from < until, "it ends after it begins"),
      )
      .readonly(),
    /** 運用規程 2-6-1, 4-4-1-3: the governor's key is compromised. Stands on every page while it is here. */
    compromise: z.strictObject({ since: instant, title: line, text: paragraphs }).optional(),
  })
  .refine(({ laws }) => laws.list.some(({ role }) => role === "governing"), "the governing law is missing");

/** What people write for the public pages of an authority: plain data, read by {@link parsePublication}. */
export type Publication = z.infer<typeof publicationSchema>;

/** A part of the service that can be away. */
export type PublicService = (typeof services)[number];

/** A notice that does not meet the form. */
export class PublicationRefused extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`what is to be published is refused: ${problems.join("; ")}`);
    this.name = "PublicationRefused";
    this.problems = problems;
  }
}

/** Reads what an authority publishes in words; instants with their offset. Throws `PublicationRefused`. */
export function parsePublication(value: unknown): Publication {
  const parsed = publicationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new PublicationRefused(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
}
