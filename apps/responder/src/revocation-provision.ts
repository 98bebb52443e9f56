/** 失効情報 and 失効情報ファイル: given on request to verifiers with the right, and nobody else (千葉県運用規程 1-1, 2-8-3). */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { accessRecord, wholeSecond } from "@mitome/ca";
import type { PostgresRevocationInformation } from "@mitome/db/status";
import { z } from "zod";
import { log } from "./log.ts";
import { permissionByConnection } from "./permission-by-connection.ts";
import type { IssuerAccessRecord } from "./ports.ts";
import { sendSentence } from "./send-answer.ts";
import { Unavailable } from "./signed-answer.ts";
import type { ListDesk, SubscriberLists } from "./subscriber-lists.ts";

/** Where both are read from. */
export type RevocationInformationSource = Pick<PostgresRevocationInformation, "now" | "fileAt">;

/** What giving them needs. */
export interface ProvisionDesk extends ListDesk {
  readonly information: RevocationInformationSource;
}

type Product = "revocationInformation" | "revocationInformationFile";
type Definition = SubscriberLists["reading"]["definition"];

/** What is given: its record, and its octets as they are read. */
interface Delivery {
  readonly record: IssuerAccessRecord;
  readonly headers: OutgoingHttpHeaders;
  readonly octets: AsyncIterable<string | Uint8Array>;
}

/** Deliveries at a time, each with a stretch of some thousand entries or a list's part in memory. */
const mostAtOnce = 16;
/** Milliseconds for which a reader may take nothing. */
const mostIdle = 30_000;
let running = 0;

const informationPath = /^\/revocation-information\/([1-9]\d{0,8})\/(\d{6})$/;
const filePath = /^\/revocation-information-file\/([1-9]\d{0,8})\/(\d{6}|operational|authority)$/;
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const forVerifiers =
  "失効情報と失効情報ファイルは、届け出て利用を認められた署名検証者と団体署名検証者だけが、クライアント証明書で取得できます。\n" +
  "Revocation information and its files are given only to registered verifiers, by their client certificates.";
const whichTime = "atに、いまより前の時刻をRFC 3339の形で指定してください（例：?at=2026-11-22T09:00:00Z）。";

/** Which of the two a request is for; what does not exist is one too. */
export function productAt(url = ""): Product | undefined {
  if (url.startsWith("/revocation-information/")) return "revocationInformation";
  return url.startsWith("/revocation-information-file/") ? "revocationInformationFile" : undefined;
}

/**
 * Answers `GET /revocation-information/<generation>/<municipality>` and
 * `GET /revocation-information-file/<generation>/<partition>?at=<RFC 3339>`; `client` is the fingerprint of the
 * connection's certificate.
 */
export async function sendProvision(
  desk: ProvisionDesk,
  product: Product,
  request: IncomingMessage,
  response: ServerResponse,
  client: string | undefined,
): Promise<void> {
  const { method = "" } = request;
  if (method !== "GET" && method !== "HEAD")
    return void sendSentence(request, response, 405, "GET, HEAD", { allow: "GET, HEAD" });
  // Who asks comes first: nobody else learns what there is.
  const at = desk.now();
  const permission = permissionByConnection(product, client, desk.registry, at);
  if (permission.kind === "refused") {
    log("info", "RS016", { reason: permission.reason, ...(permission.verifier && { verifier: permission.verifier }) });
    return void sendSentence(request, response, 403, forVerifiers);
  }
  const unable = (reason: string) => {
    log("warn", "RS016", { reason, verifier: permission.verifierId });
    const sentence = "いまは失効情報を渡せません。しばらくしてからもう一度お試しください。";
    sendSentence(request, response, 503, sentence, { "retry-after": "10" });
  };
  if (running >= mostAtOnce) return unable("busy");
  running += 1;
  try {
    const delivery = await deliveryOf(desk, permission, request.url ?? "", at);
    if (delivery === "badTime") return void sendSentence(request, response, 400, whichTime);
    if (delivery === undefined) return void sendSentence(request, response, 404, "そのような失効情報はありません。");
    // Before anybody sees any of it (2-1-4(10), 4-5).
    if (method === "GET") await desk.keepRecord(delivery.record);
    response.setTimeout(mostIdle, () => response.destroy());
    response.writeHead(200, {
      ...{ "cache-control": "no-store", "x-content-type-options": "nosniff" },
      ...delivery.headers,
    });
    if (method === "HEAD") return void response.end();
    await pipeline(Readable.from(delivery.octets, { objectMode: false }), response);
  } catch (problem) {
    // An answer that has begun ends without its end, which every HTTP client notices.
    if (response.headersSent) log("warn", "RS016", { reason: "cutShort", verifier: permission.verifierId });
    else unable(problem instanceof Unavailable ? problem.what : "ledger");
  } finally {
    running -= 1;
  }
}

type Permitted = Extract<ReturnType<typeof permissionByConnection<Product>>, { readonly kind: "permitted" }>;

async function deliveryOf(
  desk: ProvisionDesk,
  permission: Permitted,
  url: string,
  at: Date,
): Promise<Delivery | "badTime" | undefined> {
  const [path = "", query = ""] = url.split("?", 2);
  const pattern = permission.right === "revocationInformation" ? informationPath : filePath;
  const [, number, partition] = pattern.exec(path) ?? [];
  const generation = Number(number);
  const { definition, generations } = desk.lists.reading;
  if (partition === undefined || !generations.includes(generation)) return undefined;
  const asked = { desk, permission, generation, partition, at };
  if (permission.right === "revocationInformationFile") return await fileDelivery(asked, query);
  const known = definition.municipalities.some(({ code }) => code === partition);
  return known ? await informationDelivery(asked, definition) : undefined;
}

interface AskedDelivery {
  readonly desk: ProvisionDesk;
  readonly permission: Permitted;
  readonly generation: number;
  readonly partition: string;
  readonly at: Date;
}

/**
 * NDJSON: it can be read while it comes, and line by line with any tool. Its first line says of what it is and how many
 * lines follow, so that a copy cut short shows. It bears no signature: what proves something to others is a signed list.
 */
async function informationDelivery(
  { desk, permission, generation, partition, at }: AskedDelivery,
  { id: authority }: Definition,
): Promise<Delivery> {
  // To a certificate's last second, as the responder answers (4-12-2-2).
  const { through, certificates, entries } = await desk.information.now(generation, partition, wholeSecond(at));
  const given = { method: "revocationInformation", partition, through, certificates } as const;
  const head = { authority, generation, municipality: partition, asOf: at, certificates };
  async function* lines() {
    yield `${JSON.stringify(head)}\n`;
    for await (const some of entries) yield some.map(lineOf).join("");
  }
  return {
    record: { authority, generation, ...accessRecord(permission, given, at) },
    headers: { "content-type": "application/x-ndjson" },
    octets: lines(),
  };
}

/** 2-8-3, 4-4-4-4: the reason as its code says it and nothing more, in the whole seconds of answers and lists. */
function lineOf(entry: { readonly serial: string; readonly reason: string; readonly revokedAt: Date }): string {
  const { serial, reason, revokedAt } = entry;
  return `${JSON.stringify({ serial, reason, revokedAt: wholeSecond(revokedAt) })}\n`;
}

async function fileDelivery(
  { desk, permission, generation, partition, at }: AskedDelivery,
  query: string,
): Promise<Delivery | "badTime" | undefined> {
  // A plus sign that was not escaped arrives as a space.
  const time = instant.safeParse(new URLSearchParams(query).get("at")?.replace(" ", "+"));
  if (!time.success || time.data > at) return "badTime";
  const found = await desk.information.fileAt(generation, partition, time.data);
  if (found === undefined) return undefined;
  const { id: authority } = desk.lists.reading.definition;
  const file = `${authority}-${generation}-${partition}-${found.list.number}.crl`;
  const given = { method: "revocationInformationFile", file } as const;
  return {
    record: { authority, generation, ...accessRecord(permission, given, at) },
    headers: {
      "content-type": "application/pkix-crl",
      "content-length": found.length,
      "content-disposition": `attachment; filename="${file}"`,
      "last-modified": found.list.thisUpdate.toUTCString(),
    },
    octets: found.parts,
  };
}
