import { chibaAuthority } from "@mitome/ca";
import {
  makeSoftAuthority,
  makeSoftKey,
  type SoftAuthority,
  softSign,
  testSerial,
} from "@mitome/testkit/soft-authority";
import { type Der, type DistinguishedName, encodeTbsCertificate, parseCertificate } from "@mitome/x509";
import type { Partition, PublicView, PublishedCertificate, PublishedList } from "./public-view.ts";
import { chibaTextFiles, readTexts } from "./texts.ts";

const hour = 3_600_000;

/** The instant of every exhibit: 2026-11-22 18:05 in Japan. */
export const exhibitNow = new Date("2026-11-22T09:05:00Z");

const old = makeSoftAuthority(new Date("2021-09-15T00:00:00Z"), chibaAuthority);
const current = makeSoftAuthority(new Date("2026-09-15T00:00:00Z"), chibaAuthority);
const bridgeKey = makeSoftKey({ kind: "rsa", bits: 2048 });
const bridgeName: DistinguishedName = [
  { type: "C", value: "JP" },
  { type: "O", value: "Public Certification Service for Individuals" },
  { type: "CN", value: "Bridge Certification Authority" },
];

interface Side {
  readonly name: DistinguishedName;
  readonly key: SoftAuthority["key"];
}

let serial = 100;

/** A certificate of one side for the other, with the extensions of a self-signed one. */
function certified(issuer: Side, subject: Side, notBefore: Date, notAfter: Date): Der<"Certificate"> {
  const { extensions, signatureAlgorithm } = parseCertificate(current.selfSigned);
  const tbs = encodeTbsCertificate({
    serialNumber: testSerial(++serial),
    signatureAlgorithm,
    issuer: issuer.name,
    validity: { notBefore, notAfter },
    subject: subject.name,
    subjectPublicKeyInfo: subject.key.subjectPublicKeyInfo,
    extensions,
  });
  return softSign(issuer.key, tbs, signatureAlgorithm);
}

const sideOf = ({ definition, key }: SoftAuthority): Side => ({ name: definition.issuer, key });
const bridge: Side = { name: bridgeName, key: bridgeKey };
const fiveYears = new Date("2031-09-14T14:59:59Z");
const changed = new Date("2026-09-15T00:00:00Z");
const oldEnd = parseCertificate(old.selfSigned).validity.notAfter;

const certificates = (
  [
    { kind: "selfSigned", generation: 1, der: old.selfSigned, revocation: undefined },
    { kind: "selfSigned", generation: 2, der: current.selfSigned, revocation: undefined },
    {
      kind: "newWithOld",
      generation: 2,
      der: certified(sideOf(old), sideOf(current), changed, oldEnd),
      revocation: undefined,
    },
    {
      kind: "oldWithNew",
      generation: 1,
      der: certified(sideOf(current), sideOf(old), new Date("2021-09-15T00:00:00Z"), oldEnd),
      revocation: undefined,
    },
    {
      kind: "crossIssued",
      generation: 2,
      der: certified(sideOf(current), bridge, changed, fiveYears),
      revocation: undefined,
    },
    {
      kind: "crossReceived",
      generation: 1,
      der: certified(bridge, sideOf(old), new Date("2021-09-15T00:00:00Z"), new Date("2026-09-14T14:59:59Z")),
      revocation: { at: new Date("2026-09-15T03:00:00Z"), reason: "superseded" },
    },
    {
      kind: "operational",
      generation: 2,
      der: certified(
        sideOf(current),
        {
          name: [...current.definition.issuer.slice(0, -1), { type: "CN", value: "OCSP Responder 1" }],
          key: bridgeKey,
        },
        changed,
        new Date("2027-09-14T14:59:59Z"),
      ),
      revocation: undefined,
    },
  ] as const satisfies readonly Omit<PublishedCertificate, "publishedAt">[]
).map((certificate): PublishedCertificate => ({ ...certificate, publishedAt: changed }));

function issue(number: number, hoursAgo: number) {
  const thisUpdate = new Date(exhibitNow.getTime() - hoursAgo * hour);
  return {
    number,
    thisUpdate,
    nextUpdate: new Date(thisUpdate.getTime() + 72 * hour),
    nextPublish: new Date(thisUpdate.getTime() + 24 * hour),
  };
}

const listDer = Uint8Array.from({ length: 912 }, (_, index) => index % 251);
const lists: readonly PublishedList[] = [
  { kind: "authority", generation: 2, issue: issue(68, 3), der: listDer, entries: [] },
  {
    kind: "authority",
    generation: 1,
    issue: issue(1_894, 3),
    der: listDer.subarray(1),
    entries: [
      {
        serialNumber: testSerial(102),
        revokedAt: new Date("2026-09-15T03:00:00Z"),
        reason: "superseded",
      },
    ],
  },
  { kind: "operational", generation: 2, issue: issue(68, 3), der: listDer.subarray(2), entries: [] },
];

function partition(kind: Partition["kind"], generation: number, municipality?: Partition["municipality"]): Partition {
  return { kind, municipality, generation, newest: issue(generation === 2 ? 68 : 1_894, 3) };
}

const partitions: readonly Partition[] = [
  partition("authority", 2),
  partition("authority", 1),
  partition("operational", 2),
  ...chibaAuthority.municipalities.map(({ code, name }) => partition("subscriber", 2, { code, name })),
];

const designatedBody = {
  kind: "designatedBody",
  name: "指定認証機関",
  address: "東京都千代田区",
  representative: "理事長",
  from: new Date("2004-01-28T15:00:00Z"),
  until: null,
} as const;

/** A good day. */
export const goodDay: PublicView = {
  now: exhibitNow,
  readAt: exhibitNow,
  authority: { id: chibaAuthority.id, practice: false },
  ...readTexts(chibaTextFiles),
  addresses: {
    http: "https://repository.chiba.example/repository/",
    ldap: "ldap://repository.chiba.example/",
    ocsp: "https://ocsp.chiba.example/ocsp",
  },
  certificates,
  lists,
  partitions,
  recordsSetAside: 0,
  services: (["http", "ldap", "ocsp"] as const).map((service, index) => ({
    service,
    state: "available",
    checkedAt: new Date(exhibitNow.getTime() - 40_000),
    availability: 1 - index * 0.00012,
  })),
  reports: [
    {
      id: "2025",
      title: "失効情報等の提供状況報告書（令和7年度）",
      report: {
        kind: "report",
        madeBy: designatedBody,
        madeAt: new Date("2026-05-20T00:00:00Z"),
        period: { from: "2025-04", to: "2026-03" },
        rows: [
          { recipient: "国税庁", month: "2026-03", count: 1_204_331, method: "ocsp" },
          { recipient: "日本税理士会連合会", month: "2026-03", count: 88_120, method: "crlByLdap" },
        ],
      },
      publishedAt: new Date("2026-05-29T00:00:00Z"),
      pdf: Buffer.from("%PDF-1.4 令和7年度"),
    },
    {
      id: "2020",
      title: "失効情報等の提供状況報告書（令和2年度）",
      report: {
        kind: "report",
        madeBy: designatedBody,
        madeAt: new Date("2021-05-20T00:00:00Z"),
        period: { from: "2020-04", to: "2021-03" },
        rows: [],
      },
      publishedAt: new Date("2021-05-28T00:00:00Z"),
      pdf: Buffer.from("%PDF-1.4 令和2年度"),
    },
  ],
};

/** The first day: nothing has been issued or checked, nothing is to be told. */
export const firstDay: PublicView = {
  ...goodDay,
  certificates: [],
  lists: [],
  partitions: [],
  services: [],
  reports: [],
  publication: { ...goodDay.publication, notices: [], structureChanges: [], crossCertified: [] },
  statement: { ...goodDay.statement, versions: goodDay.statement.versions.slice(0, 1) },
};

/** A day on which much is not as it should be: late lists, a service away, maintenance under way and to come. */
export const badDay: PublicView = {
  ...goodDay,
  partitions: partitions.map((one, index) => {
    const hours = [3, 3, 3, 25, 61, 73][index];
    return hours === undefined ? one : { ...one, newest: issue(68, hours) };
  }),
  recordsSetAside: 3,
  services: goodDay.services.map((status) =>
    status.service === "ldap" ? { ...status, state: "unavailable", availability: 0.9971 } : status,
  ),
  publication: {
    ...goodDay.publication,
    maintenance: [
      {
        from: new Date("2026-12-05T13:00:00Z"),
        until: new Date("2026-12-05T20:00:00Z"),
        services: ["http", "ldap"],
        reason: "記憶装置の交換",
      },
      {
        from: new Date("2026-11-22T08:00:00Z"),
        until: new Date("2026-11-22T10:00:00Z"),
        services: ["ldap"],
        reason: "ソフトウェアの更新",
      },
    ],
  },
};

/** The day on which the governor's key is compromised. */
export const compromiseDay: PublicView = {
  ...goodDay,
  authority: { id: "chiba-practice", practice: true },
  publication: {
    ...goodDay.publication,
    compromise: {
      since: new Date("2026-11-22T08:40:00Z"),
      title: "千葉県知事の秘密鍵が危殆化しました",
      text: [
        "第2世代の鍵で署名したすべての証明書を失効させました。この鍵による証明書を信じないでください。",
        "電子証明書を使う人は、新しい電子証明書の発行について市区町村からの案内をお待ちください。",
      ],
    },
  },
};
