/** Who may be told whether certificates are valid: 署名検証者等 and those they answer (千葉県運用規程 1-3-1 (9) to (12)). */
import { z } from "zod";
import { wrongField } from "../wrong-field.ts";

/** The two kinds with access of their own (1-3-1(12) 署名検証者等), and the article by which each notifies the governor. */
export const verifierKinds = {
  verifier: { ja: "署名検証者", clause: "1-3-1(9)", notifiedUnder: "根拠法第17条第1項" },
  groupVerifier: { ja: "団体署名検証者", clause: "1-3-1(11)", notifiedUnder: "根拠法第17条第5項" },
} as const;

/** 署名検証者 or 団体署名検証者. */
export type VerifierKind = keyof typeof verifierKinds;

/** What makes somebody a verifier: six classes of 署名検証者, two of 団体署名検証者; there is no other. */
export const verifierClasses = [
  { id: "administrativeOrgan", kind: "verifier", clause: "1-3-1(9)①", ja: "行政機関等" },
  { id: "court", kind: "verifier", clause: "1-3-1(9)②", ja: "裁判所" },
  {
    id: "procedureInformant",
    kind: "verifier",
    clause: "1-3-1(9)③",
    ja: "手続に伴う事項の提供・回答を行う指定等の業者",
  },
  { id: "accreditedCertifier", kind: "verifier", clause: "1-3-1(9)④", ja: "認定認証事業者" },
  { id: "approvedCertifier", kind: "verifier", clause: "1-3-1(9)⑤", ja: "総務大臣認定の特定認証業務を行う者" },
  { id: "recordSupplier", kind: "verifier", clause: "1-3-1(9)⑥", ja: "手続用の電磁的記録を提供する団体" },
  { id: "agentsBody", kind: "groupVerifier", clause: "1-3-1(11)①", ja: "手続を代理する者の所属団体" },
  {
    id: "recordSuppliersBody",
    kind: "groupVerifier",
    clause: "1-3-1(11)②",
    ja: "手続用の電磁的記録を提供する者の所属団体",
  },
] as const satisfies readonly {
  readonly id: string;
  readonly kind: VerifierKind;
  readonly clause: string;
  readonly ja: string;
}[];

type ClassTable = (typeof verifierClasses)[number];

/** A class of this kind of verifier. */
export type VerifierClass<Kind extends VerifierKind = VerifierKind> = Extract<
  ClassTable,
  { readonly kind: Kind }
>["id"];

const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    // One line of text as a form has it: no control characters, no spaces at its ends.
    .regex(/^[^\p{Cc}\s](?:[^\p{Cc}]*[^\p{Cc}\s])?$/u);

const contactSchema = z.strictObject({
  department: line(100),
  person: line(100),
  telephone: z.string().regex(/^[0-9+()-]{6,20}$/),
  email: z.email().max(254),
});

const fields = {
  // Also the verifier's name in LDAP binds and files.
  id: z.string().regex(/^[a-z][a-z0-9-]{1,31}$/),
  name: line(200),
  address: line(200),
  contacts: z.array(contactSchema).min(1).max(10),
};

const verifierSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...fields, kind: z.literal("verifier"), class: z.enum(classesOf("verifier")) }),
  z.strictObject({ ...fields, kind: z.literal("groupVerifier"), class: z.enum(classesOf("groupVerifier")) }),
]);

/** Whom to call at a verifier. */
export type VerifierContact = z.output<typeof contactSchema>;

/** A verifier as the registry knows it. That it stands here gives it no right: see `may-use.ts`. */
export type Verifier = z.output<typeof verifierSchema>;

/** Those a 団体署名検証者 asks for and answers (署名確認者, 1-3-1(10)). They have no credential and no access of their own. */
export const confirmerTerm = { ja: "署名確認者", clause: "1-3-1(10)" } as const;

/** The classes of one kind, as `z.enum` wants them. */
function classesOf<Kind extends VerifierKind>(kind: Kind): [VerifierClass<Kind>, ...VerifierClass<Kind>[]] {
  return verifierClasses.filter((one) => one.kind === kind).map(({ id }) => id) as [
    VerifierClass<Kind>,
    ...VerifierClass<Kind>[],
  ];
}

/** Reads a registration from a form; refuses unknown fields and a class of the other kind, and names the first wrong field. */
export function parseVerifier(
  value: unknown,
): { readonly kind: "verifier"; readonly verifier: Verifier } | { readonly kind: "malformed"; readonly field: string } {
  const parsed = verifierSchema.safeParse(value);
  return parsed.success
    ? { kind: "verifier", verifier: parsed.data }
    : { kind: "malformed", field: wrongField(parsed.error) };
}
