import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  type AuthorityDefinition,
  certificateFingerprint,
  chibaPracticeAuthority,
  decideEquipment,
  decideIssuance,
  decideSelfSigned,
  type EquipmentIdentity,
  encodeEquipmentRequest,
  enrolmentMac,
  equipmentSubject,
  intentMacInput,
  uniqueNameFromRandom,
} from "@mitome/ca";
import { connectionOptions } from "@mitome/db/connection";
import { macWithToken, Token } from "@mitome/hsm";
import { type IntentFields, OperatorClient, SignerClient } from "@mitome/hsm/signer-client";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import {
  makeSoftKey,
  parsedRequest,
  requestPayload,
  type SoftEquipment,
  signRequest,
} from "@mitome/testkit/soft-authority";
import { PKCS11_SPY_MODULE, pkcs11SpyEnvironment, SOFTHSM_MODULE, softHsmDirectory } from "@mitome/testkit/softhsm";
import {
  assembleCertificate,
  assembleCertificationRequest,
  brandDer,
  type Der,
  encodeCertificationRequestInfo,
  serialNumberFromRandom,
} from "@mitome/x509";
import postgres from "postgres";
import { combinePin } from "./custodian-components.ts";
import { intentMacLabel } from "./inspection.ts";

const program = (name: string) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));

/** Runs the ceremony program on a plan; returns what it said. */
export function runCeremony(directory: string, plan: Record<string, unknown>): Record<string, unknown> {
  const file = join(directory, "ceremony.json");
  writeFileSync(file, JSON.stringify(plan));
  return JSON.parse(execFileSync(process.execPath, [program("ceremony"), file], { encoding: "utf8", stdio: "pipe" }));
}

/** The custodians' part of a plan, with their places under `directory`. */
export function custodiansIn(directory: string) {
  return ["one", "two"].map((name) => ({ name, directory: join(directory, "custodians", name) }));
}

/** One running signer process. */
export interface SignerProcess {
  readonly child: ChildProcess;
  /** What it wrote on stderr so far. */
  readonly log: () => string;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
  /** Resolves with the signal or code with which it ended. */
  readonly ended: Promise<number | string>;
}

/** Starts a signer and waits for its ready line. */
export async function startSignerProcess(
  directory: string,
  configuration: Record<string, unknown>,
  environment: Record<string, string> = {},
): Promise<SignerProcess> {
  const file = join(directory, `${configuration.instance}.json`);
  writeFileSync(file, JSON.stringify(configuration));
  const child = spawn(process.execPath, [program("main"), file], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += chunk;
  });
  const ended = once(child, "exit").then(([code, signal]) => signal ?? code);
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line").then(([line]) => String(line)), ended.then(() => undefined)]);
  if (first === undefined || JSON.parse(first).ready !== true) throw new Error(`the signer did not start: ${log}`);
  return {
    child,
    log: () => log,
    ended,
    stop: async () => {
      child.kill("SIGTERM");
      const code = await ended;
      return typeof code === "number" ? code : null;
    },
  };
}

/** A founded authority: token and keys made by the ceremony, ledger with an activation, and a municipality's server. */
export interface FoundedAuthority {
  readonly directory: string;
  readonly definition: AuthorityDefinition;
  readonly postgres: TestPostgres;
  readonly owner: postgres.Sql;
  readonly tokensDirectory: string;
  readonly journal: string;
  readonly spyRecord: string;
  readonly userPin: string;
  readonly client: SignerClient;
  readonly operator: OperatorClient;
  readonly process: () => SignerProcess;
  /** Starts the signer, with other configuration where given; the old process must have ended. */
  restart(changes?: Record<string, unknown>): Promise<SignerProcess>;
  /** Records an intent as apps/ca does, with this MAC. */
  record(intent: IntentFields, mac: Uint8Array, state?: string): Promise<void>;
  /** A right intent for a new subscriber key, not recorded yet. */
  subscriberIntent(changes?: Record<string, unknown>): Promise<IntentFields>;
  /** A right intent for the self-signed certificate, not recorded yet. */
  selfSignedIntent(): Promise<IntentFields>;
  /** Gives a machine its certificate through ticket, intent and signature, as an operator and apps/ca do. */
  enrol(identity: Omit<EquipmentIdentity, "authority">): Promise<SoftEquipment>;
  readonly server: () => SoftEquipment;
  stop(): Promise<void>;
}

const fresh = () => serialNumberFromRandom(randomBytes(20));

/** Founds an authority in a temporary directory and starts its signer behind pkcs11-spy. */
export async function foundAuthority(
  options: { readonly unattended?: boolean; readonly spy?: boolean; readonly definition?: AuthorityDefinition } = {},
): Promise<FoundedAuthority> {
  const unattended = options.unattended ?? true;
  const definition = { ...(options.definition ?? chibaPracticeAuthority), unattended };
  const directory = mkdtempSync(join(tmpdir(), "sgn-"));
  const database = await startTestPostgres();
  const { configuration: softhsmConf, tokensDirectory } = softHsmDirectory(join(mkdir(directory, "hsm")));
  const authorityDefinition = join(directory, "definition.json");
  writeFileSync(authorityDefinition, JSON.stringify(definition));
  const pinFile = join(directory, "pin");
  const token = { module: SOFTHSM_MODULE, softhsmConf, tokenLabel: "authority" };
  const custodians = custodiansIn(directory);
  const attendance = unattended ? { pinFile } : {};
  runCeremony(directory, {
    ...token,
    ...attendance,
    instance: "authority",
    custodians,
    record: join(directory, "record.json"),
    authorityDefinition,
    generation: 1,
  });
  const spyRecord = join(directory, "spy.log");
  const spy = options.spy === true;
  const journal = join(directory, "journal");
  const signerConfiguration = {
    ...token,
    ...attendance,
    module: spy ? PKCS11_SPY_MODULE : SOFTHSM_MODULE,
    instance: "authority",
    unattended,
    socket: join(directory, "s", "signer"),
    operatorSocket: join(directory, "o", "operator"),
    journal,
    database: database.url("ca_signer"),
    authorityDefinition,
  };
  const environment = spy ? pkcs11SpyEnvironment(spyRecord) : {};
  const restart = async (changes: Record<string, unknown> = {}) => {
    running = await startSignerProcess(directory, { ...signerConfiguration, ...changes }, environment);
    return running;
  };
  const owner = postgres({ ...connectionOptions(database.url("ca_owner")), max: 2, onnotice: () => undefined });
  await enterAuthority(owner, definition);
  let running = await startSignerProcess(directory, signerConfiguration, environment);
  const client = new SignerClient({ socket: signerConfiguration.socket });
  const operator = new OperatorClient({ socket: signerConfiguration.operatorSocket });
  let server: SoftEquipment | undefined;
  const { id: authority } = definition;

  const publicKey = async (label: string): Promise<Der<"SubjectPublicKeyInfo">> => {
    const answer = await client.publicKey(label);
    if (answer.kind !== "publicKey") throw new Error(JSON.stringify(answer));
    return brandDer(answer.spki);
  };
  const record: FoundedAuthority["record"] = async (intent, mac, state = "recorded") => {
    await owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, request, request_signature,
      requester_certificate, mac, state, owner, fence, lease_until)
      values (${intent.id}, ${intent.authority}, ${intent.generation}, ${intent.kind}, ${intent.serial}, ${intent.tbs},
        ${intent.request}, ${intent.requestSignature}, ${intent.requesterCertificate}, ${mac}, ${state},
        ${randomUUID()}, 1, now() + interval '1 hour')`;
  };
  const intentOf = (
    kind: IntentFields["kind"],
    plan: { readonly serial: string; readonly tbs: Uint8Array },
    rest: Partial<IntentFields> = {},
  ): IntentFields => ({
    id: randomUUID(),
    authority,
    generation: 1,
    kind,
    serial: plan.serial,
    tbs: plan.tbs,
    request: null,
    requestSignature: null,
    requesterCertificate: null,
    ...rest,
  });

  const founded: FoundedAuthority = {
    directory,
    definition,
    postgres: database,
    owner,
    tokensDirectory,
    journal,
    spyRecord,
    userPin: unattended ? readFileSync(pinFile, "utf8").trim() : pinOf(custodians),
    client,
    operator,
    process: () => running,
    restart,
    record,
    async subscriberIntent(changes = {}) {
      if (server === undefined) throw new Error("no municipality's server is enrolled");
      const key = makeSoftKey({ kind: "rsa", bits: 2048 });
      const now = new Date();
      const payload = requestPayload(key.subjectPublicKeyInfo, now, { caseId: randomUUID(), authority, ...changes });
      const plan = decideIssuance(parsedRequest(payload), {
        definition,
        generation: { number: 1, subjectPublicKeyInfo: await publicKey(`ca:${authority}:1`) },
        callerMunicipality: server.identity.municipality,
        now,
        serial: fresh(),
        uniqueName: uniqueNameFromRandom(randomBytes(16)),
      });
      if (plan.kind !== "plan") throw new Error(plan.reason);
      const request = signRequest(server, payload);
      return intentOf("subscriber", plan, {
        request: request.payload,
        requestSignature: request.signature,
        requesterCertificate: server.certificate,
      });
    },
    async selfSignedIntent() {
      const subjectPublicKeyInfo = await publicKey(`ca:${authority}:1`);
      const plan = decideSelfSigned({ definition, subjectPublicKeyInfo, now: new Date(), serial: fresh() });
      if (plan.kind !== "plan") throw new Error(plan.reason);
      return intentOf("self-signed", plan);
    },
    async enrol(parts) {
      const identity = { ...parts, authority };
      const key = makeSoftKey({ kind: "ec", curve: "P-256" });
      const info = encodeCertificationRequestInfo(equipmentSubject(identity), key.subjectPublicKeyInfo);
      const algorithm = "ecdsa-with-SHA256";
      const csr = assembleCertificationRequest(info, algorithm, sign("sha256", info, key.privateKey));
      const ticket = {
        ...identity,
        ticketId: randomUUID(),
        codeKey: randomBytes(32),
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      };
      const made = await operator.makeTicket(ticket);
      if (made.kind !== "mac") throw new Error(JSON.stringify(made));
      const plan = decideEquipment({
        identity,
        subjectPublicKeyInfo: key.subjectPublicKeyInfo,
        rootPublicKeyInfo: await publicKey("equipment-root:1"),
        now: new Date(),
        serial: fresh(),
      });
      if (plan.kind !== "plan") throw new Error(plan.reason);
      const csrMac = enrolmentMac(ticket.codeKey, csr);
      const request = encodeEquipmentRequest({ version: 1, way: "enrolment", csr, ticket, csrMac });
      const intent = intentOf("equipment", plan, { request, requestSignature: made.mac });
      const signature = await macRecordSign(founded, intent);
      const certificate = assembleCertificate(plan.tbs, plan.signatureAlgorithm, signature);
      await owner`insert into ca.equipment_certificate (fingerprint, authority, serial, intent, kind, municipality, place,
        der, not_before, not_after) values (${certificateFingerprint(certificate)}, ${authority}, ${plan.serial},
        ${intent.id}, ${identity.kind}, ${identity.municipality}, ${identity.place}, ${certificate}, ${plan.notBefore},
        ${plan.notAfter})`;
      return { identity, key, certificate };
    },
    server: () => {
      if (server === undefined) throw new Error("no municipality's server is enrolled");
      return server;
    },
    async stop() {
      client.close();
      operator.close();
      if (running.child.exitCode === null && running.child.signalCode === null) running.child.kill("SIGKILL");
      await running.ended;
      await owner.end();
      await database.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  if (unattended) server = await founded.enrol({ kind: "server", municipality: "121002", place: "chiba-1" });
  return founded;
}

/** Has an intent MACed, records it and has it signed; throws unless all three succeed. */
export async function macRecordSign(founded: FoundedAuthority, intent: IntentFields): Promise<Uint8Array> {
  await macAndRecord(founded, intent);
  const signed = await founded.client.sign(intent.id, 1n);
  if (signed.kind !== "signed") throw new Error(JSON.stringify(signed));
  return signed.signature;
}

/** Has an intent MACed and records it; throws unless both succeed. */
export async function macAndRecord(founded: FoundedAuthority, intent: IntentFields): Promise<void> {
  const answer = await founded.client.macIntent(intent);
  if (answer.kind !== "mac") throw new Error(JSON.stringify(answer));
  await founded.record(intent, answer.mac);
}

/** MACs an intent with the key in the token, past the signer and its inspection. */
export async function macByToken(founded: FoundedAuthority, intent: IntentFields): Promise<Uint8Array> {
  const softhsmConf = join(dirname(founded.tokensDirectory), "softhsm2.conf");
  const token = await Token.open({ module: SOFTHSM_MODULE, softhsmConf, tokenLabel: "authority" });
  token.login(founded.userPin);
  const mac = macWithToken(token, intentMacLabel, intentMacInput(intent));
  await token.close();
  return mac;
}

async function enterAuthority(owner: postgres.Sql, definition: AuthorityDefinition): Promise<void> {
  const { id } = definition;
  await owner`insert into ca.authority (id, definition) values (${id}, ${JSON.stringify(definition)})`;
  await owner`insert into ca.municipality ${owner(definition.municipalities.map((one) => ({ authority: id, ...one })))}`;
  await owner`insert into ca.activation (authority, generation, epoch, starts_at, ends_at)
    values (${id}, 1, 1, now() - interval '1 minute', now() + interval '1 day')`;
}

function mkdir(...parts: readonly [string, string]): string {
  const path = join(...parts);
  mkdirSync(path, { recursive: true });
  return path;
}

function pinOf(custodians: readonly { readonly directory: string }[]): string {
  const [one, two] = custodians.map(({ directory }) => directory);
  return combinePin([one ?? "", two ?? ""], "authority.user");
}
