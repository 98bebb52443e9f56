/** Lists of subscriber certificates over HTTPS, for verifiers with the right and nobody else (千葉県運用規程 2-6-3, 4-4-4-5). */
import type { IncomingMessage, ServerResponse } from "node:http";
import { accessRecord, type Permission } from "@mitome/ca";
import { answerForObject, listObject, type ServedObject } from "../pages/repository-object.ts";
import type { LedgerView } from "./ledger-view.ts";
import { log } from "./log.ts";
import { permissionByConnection } from "./permission-by-connection.ts";
import type { IssuerAccessRecord, VerifierRegistry } from "./ports.ts";
import { sendAnswer, sendSentence } from "./send-answer.ts";
import { Unavailable } from "./signed-answer.ts";

/** Where the lists are. */
export type SubscriberLists = Pick<LedgerView, "reading" | "octetsOf">;

/** What giving them needs. */
export interface ListDesk {
  readonly lists: SubscriberLists;
  readonly registry: VerifierRegistry;
  /** Keeps a record so that the end of this process does not lose it. */
  readonly keepRecord: (record: IssuerAccessRecord) => Promise<void>;
  readonly now: () => Date;
}

const paths = "/crl/";
const listPath = /^\/crl\/([1-9]\d{0,8})\/(\d{6})\.crl$/;
const forVerifiers =
  "利用者の電子証明書の失効リストは、届け出て利用を認められた署名検証者と団体署名検証者だけが、クライアント証明書で取得できます。\n" +
  "Lists of subscriber certificates are given only to registered verifiers, by their client certificates.";

/** Whether a request is for such a list; what does not exist is one too. */
export function isListPath(url: string | undefined): boolean {
  return url?.startsWith(paths) === true;
}

/** Answers `GET /crl/<generation>/<municipality>.crl`; `client` is the fingerprint of the connection's certificate. */
export async function sendSubscriberList(
  desk: ListDesk,
  request: IncomingMessage,
  response: ServerResponse,
  client: string | undefined,
): Promise<void> {
  const { method = "", headers } = request;
  if (method !== "GET" && method !== "HEAD")
    return void sendSentence(request, response, 405, "GET, HEAD", { allow: "GET, HEAD" });
  // Who asks comes first: nobody else learns which lists there are.
  const at = desk.now();
  const permission = permissionByConnection("crl", client, desk.registry, at);
  if (permission.kind === "refused") {
    log("info", "RS008", { reason: permission.reason, ...(permission.verifier && { verifier: permission.verifier }) });
    return void sendSentence(request, response, 403, forVerifiers);
  }
  const list = listAt(desk.lists, request.url);
  if (list === undefined) return void sendSentence(request, response, 404, "その失効リストはありません。");
  try {
    const served = servedObject(await desk.lists.octetsOf(list), list);
    const answer = answerForObject(served, { method, headers }, at);
    if (answer.body.length > 0) await keepRecord(desk, permission, list, at);
    sendAnswer(request, response, answer.status, answer.headers, answer.body);
  } catch (problem) {
    const reason = problem instanceof Unavailable ? problem.what : "ledger";
    log("warn", "RS008", { reason, verifier: permission.verifierId });
    sendSentence(request, response, 503, "いまは失効リストを渡せません。しばらくしてからもう一度お試しください。", {
      "retry-after": "10",
    });
  }
}

type ListOnRecord = SubscriberLists["reading"]["lists"][number];

function listAt({ reading }: SubscriberLists, url = ""): ListOnRecord | undefined {
  const [, generation, municipality] = listPath.exec(url.split("?", 1)[0] ?? "") ?? [];
  if (generation === undefined) return undefined;
  return reading.lists.find((list) => list.partition === municipality && list.generation === Number(generation));
}

/** A list's octets are the same ones as long as they are kept: their digest is made once. */
const servedObjects = new WeakMap<Uint8Array, ServedObject>();

function servedObject(octets: Uint8Array, list: ListOnRecord): ServedObject {
  const served = servedObjects.get(octets) ?? listObject(octets, list, "verifiers");
  servedObjects.set(octets, served);
  return served;
}

/** Of every answer with octets of a list in it, before anybody sees them (2-1-4(10), 4-5). */
async function keepRecord(desk: ListDesk, permission: Permission<"crl">, list: ListOnRecord, at: Date): Promise<void> {
  const { generation, partition, number } = list;
  const given = { method: "crlByHttp", generation, partition, crlNumber: String(number) } as const;
  const authority = desk.lists.reading.definition.id;
  await desk.keepRecord({ authority, generation, ...accessRecord(permission, given, at) });
}
