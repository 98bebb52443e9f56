import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuthorityDefinition, chibaPracticeAuthority, intentMacInput } from "@mitome/ca";
import { macWithToken, Token } from "@mitome/hsm";
import { type IntentFields, OperatorClient, SignerClient } from "@mitome/hsm/signer-client";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import type { SoftEquipment } from "@mitome/testkit/soft-authority";
import { PKCS11_SPY_MODULE, pkcs11SpyEnvironment, SOFTHSM_MODULE, softHsmDirectory } from "@mitome/testkit/softhsm";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import type { EquipmentIdentity } from "@mitome/x509";
import { combinePin } from "./custodian-components.ts";
import { intentMacLabel } from "./inspection.ts";
import { enrolMachine, makeSelfSignedIntent, makeSubscriberIntent } from "./intents.fixture.ts";
import { custodiansIn, runCeremony, type SignerProcess, startSignerProcess } from "./signer-process.fixture.ts";

/** How an authority is founded for a test: by default unattended, without a recorder. */
export interface Founding {
  readonly unattended?: boolean;
  /** Puts pkcs11-spy between the signer and the token. */
  readonly spy?: boolean;
  readonly definition?: AuthorityDefinition;
}

/** Founds an authority in a temporary directory and starts its signer. */
export async function foundAuthority(founding: Founding = {}): Promise<FoundedAuthority> {
  const unattended = founding.unattended ?? true;
  const definition = { ...(founding.definition ?? chibaPracticeAuthority), unattended };
  const directory = mkdtempSync(join(tmpdir(), "sgn-"));
  const database = await startTestPostgres();
  const authority = new FoundedAuthority(directory, definition, database, founding.spy === true);
  try {
    authority.holdCeremony();
    await authority.enterIntoLedger();
    await authority.restart();
    if (unattended) await authority.enrolServer();
    return authority;
  } catch (error) {
    await authority.stop(); // no database is left running
    throw error;
  }
}

/** A founded authority: token and keys made by the ceremony, ledger with an activation, and a municipality's server. */
export class FoundedAuthority {
  readonly directory: string;
  readonly definition: AuthorityDefinition;
  readonly postgres: TestPostgres;
  /** Connection of the ledger's owner, who may write anything. */
  readonly owner: RoleSql;
  readonly tokensDirectory: string;
  readonly journal: string;
  readonly spyRecord: string;
  readonly client: SignerClient;
  readonly operator: OperatorClient;
  readonly #token: { readonly module: string; readonly softhsmConf: string; readonly tokenLabel: string };
  readonly #spied: boolean;
  #running: SignerProcess | undefined;
  #server: SoftEquipment | undefined;

  constructor(directory: string, definition: AuthorityDefinition, database: TestPostgres, spied: boolean) {
    this.directory = directory;
    this.definition = definition;
    this.postgres = database;
    this.owner = sqlAs(database.url("ca_owner"));
    const hsm = join(directory, "hsm");
    mkdirSync(hsm);
    const { configuration: softhsmConf, tokensDirectory } = softHsmDirectory(hsm);
    this.tokensDirectory = tokensDirectory;
    this.#token = { module: SOFTHSM_MODULE, softhsmConf, tokenLabel: "authority" };
    this.#spied = spied;
    this.journal = join(directory, "journal");
    this.spyRecord = join(directory, "spy.log");
    this.client = new SignerClient({ socket: this.#path("s", "signer") });
    this.operator = new OperatorClient({ socket: this.#path("o", "operator") });
    writeFileSync(this.#path("definition.json"), JSON.stringify(definition));
  }

  /** The PIN that the two custodians make together. */
  get userPin(): string {
    const [one, two] = custodiansIn(this.directory).map(({ directory }) => directory);
    return combinePin([one ?? "", two ?? ""], "authority.user");
  }

  holdCeremony(changes: Record<string, unknown> = {}): void {
    runCeremony(this.directory, {
      ...this.#token,
      ...this.#attendance(),
      instance: "authority",
      custodians: custodiansIn(this.directory),
      record: this.#path("record.json"),
      authorityDefinition: this.#path("definition.json"),
      generation: 1,
      ...changes,
    });
  }

  async enterIntoLedger(): Promise<void> {
    const { owner, definition } = this;
    const { id } = definition;
    await owner`insert into ca.authority (id, definition) values (${id}, ${JSON.stringify(definition)})`;
    for (const { code, name, romaji } of definition.municipalities)
      await owner`insert into ca.municipality (authority, code, name, romaji) values (${id}, ${code}, ${name}, ${romaji})`;
    await owner`insert into ca.activation (authority, generation, epoch, starts_at, ends_at)
      values (${id}, 1, 1, now() - interval '1 minute', now() + interval '1 day')`;
  }

  /** The running signer, or the last one. */
  process(): SignerProcess {
    if (this.#running === undefined) throw new Error("the signer was never started");
    return this.#running;
  }

  /** Starts the signer, with other configuration where given; an old process must have ended. */
  async restart(changes: Record<string, unknown> = {}): Promise<SignerProcess> {
    const configuration = {
      ...this.#token,
      ...this.#attendance(),
      module: this.#spied ? PKCS11_SPY_MODULE : SOFTHSM_MODULE,
      instance: "authority",
      unattended: this.definition.unattended,
      socket: this.#path("s", "signer"),
      operatorSocket: this.#path("o", "operator"),
      journal: this.journal,
      database: this.postgres.url("ca_signer"),
      authorityDefinition: this.#path("definition.json"),
      ...changes,
    };
    const environment = this.#spied ? pkcs11SpyEnvironment(this.spyRecord) : {};
    this.#running = await startSignerProcess(this.directory, configuration, environment);
    return this.#running;
  }

  /** Records an intent as apps/ca does, with this MAC. */
  async record(intent: IntentFields, mac: Uint8Array): Promise<void> {
    await this.owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, request,
      request_signature, requester_certificate, mac, state, owner, fence, lease_until)
      values (${intent.id}, ${intent.authority}, ${intent.generation}, ${intent.kind}, ${intent.serial}, ${intent.tbs},
        ${intent.request}, ${intent.requestSignature}, ${intent.requesterCertificate}, ${mac}, 'recorded',
        ${randomUUID()}, 1, now() + interval '1 hour')`;
  }

  /** A right intent for a new subscriber key, not recorded yet. */
  subscriberIntent(): Promise<IntentFields> {
    if (this.#server === undefined) throw new Error("no municipality's server is enrolled");
    return makeSubscriberIntent(this, this.#server);
  }

  /** A right intent for the self-signed certificate, not recorded yet. */
  selfSignedIntent(): Promise<IntentFields> {
    return makeSelfSignedIntent(this);
  }

  /** Gives a machine its certificate. */
  enrol(parts: Omit<EquipmentIdentity, "authority">): Promise<SoftEquipment> {
    return enrolMachine(this, { ...parts, authority: this.definition.id });
  }

  /** Enrols the municipality's server that asks for subscriber certificates. */
  async enrolServer(): Promise<void> {
    this.#server = await this.enrol({ kind: "server", municipality: "121002", place: "chiba-1" });
  }

  /** MACs an intent with the key in the token, past the signer and its inspection. */
  async macByToken(intent: IntentFields): Promise<Uint8Array> {
    const token = await Token.open(this.#token);
    token.login(this.userPin);
    const mac = macWithToken(token, intentMacLabel, intentMacInput(intent));
    await token.close();
    return mac;
  }

  async stop(): Promise<void> {
    this.client.close();
    this.operator.close();
    if (this.#running !== undefined) {
      const { child, ended } = this.#running;
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    }
    await this.owner.end();
    await this.postgres.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #attendance(): { readonly pinFile?: string } {
    return this.definition.unattended ? { pinFile: this.#path("pin") } : {};
  }

  #path(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }
}
