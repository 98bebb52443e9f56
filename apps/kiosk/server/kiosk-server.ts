import { mkdirSync } from "node:fs";
import type { Server } from "node:http";
import { createCaClient } from "@mitome/ca-api/client";
import { renewMachine } from "@mitome/ca-api/enrol";
import { chibaMunicipalities } from "@mitome/characters";
import { accessStore, agentCommandStore, authorityRecords, caseStore, connect, secondFactorStore } from "@mitome/db/ra";
import { residentRegister } from "@mitome/db/register";
import type { CertificationAuthority, DocumentModel } from "@mitome/ra";
import { AgentGateway } from "./agent-gateway.ts";
import { keepWitness } from "./audit-head.ts";
import { authorityOver } from "./authority-client.ts";
import { CardDesk } from "./card-desk.ts";
import { CaseRunner } from "./case-runner.ts";
import { ChangeHub } from "./change-hub.ts";
import { CounterDesk } from "./counter-desk.ts";
import { CounterMemories } from "./counter-memory.ts";
import { CounterViews } from "./counter-views.ts";
import { crashPoint } from "./crash-points.ts";
import { EffectPerformer } from "./effect-performer.ts";
import { keepRenewed, readServerEquipment } from "./equipment-files.ts";
import { EquipmentRenewal } from "./equipment-renewal.ts";
import { createListener, type PageHandler } from "./http-listener.ts";
import { KeyProgress } from "./key-progress.ts";
import { faultOf, type Log } from "./log.ts";
import { MachinesInForce } from "./machines-in-force.ts";
import { createSecondFactor } from "./second-factor.ts";
import type { ServerSettings } from "./server-settings.ts";
import { createSessions } from "./sessions.ts";

/** What a kiosk server takes from outside besides its settings; tests put their own clock and pages here. */
export interface Surroundings {
  readonly log: Log;
  readonly clock: () => Date;
  readonly pages: PageHandler | null;
  readonly renderPdf: (document: DocumentModel) => Promise<Uint8Array>;
  /** Stands in for the authority reached by `settings.authority.url`: for tests without one. */
  readonly authority?: CertificationAuthority;
}

export interface KioskServer {
  readonly http: { readonly port: number };
  readonly gateway: { readonly port: number };
  close(): Promise<void>;
}

/** Starts the municipality's server: listener, gateway, and every case where it stood. */
export async function startKioskServer(settings: ServerSettings, surroundings: Surroundings): Promise<KioskServer> {
  const { log, clock } = surroundings;
  mkdirSync(settings.temporaryDirectory, { recursive: true, mode: 0o700 });
  let own = readServerEquipment(settings.authority, settings.authority.id, settings.municipality);
  const database = connect(settings.database.url, 10);
  const registerDatabase = connect(settings.register.url, 4);
  const cases = caseStore(database, settings.municipality);
  const commands = agentCommandStore(database);
  const records = authorityRecords(database);
  const hub = new ChangeHub();
  const changed = (counter: string) => hub.changed(counter);
  const client = createCaClient(
    {
      url: settings.authority.url,
      root: own.rootPem,
      certificate: own.certificatePem,
      key: own.keyPem,
    },
    (head) => void keepWitness(records, head, clock(), log),
  );
  const authority = surroundings.authority ?? authorityOver(client);
  const inForce = new MachinesInForce(() => authority.machinesInForce(), log);
  const keyProgress = new KeyProgress();
  const gateway = new AgentGateway({
    inForce,
    equipment: () => own,
    commands,
    authority,
    clock,
    log,
    changed: (terminal) => void counter.cardChanged(terminal).catch((error: unknown) => log("K050", faultOf(error))),
    progressed: (command, step) => {
      keyProgress.told(command, step);
      hub.changed(command.terminal);
    },
    ended: (commandId, result) => desk.ended(commandId, result),
  });
  const agentOf = (place: string) => gateway.agentOf(place);
  const desk = new CardDesk({ agentOf, commands, clock });
  const crash = crashPoint(settings.crashAt, settings.pausesAt);
  const authorityId = settings.authority.id;
  const key = () => own.key;
  const effects = new EffectPerformer({ records, authority, authorityId, desk, key, clock });
  const runner = new CaseRunner({ cases, effects, clock, log, crash, changed });
  const name = municipalityName(settings.municipality);
  const municipality = { code: settings.municipality, name };
  const shared = { cases, memories: new CounterMemories(), runner, desk, agentOf, municipality, clock, changed };
  const views = new CounterViews({ ...shared, keyProgress, municipalityName });
  const counter = new CounterDesk({
    ...shared,
    register: residentRegister(registerDatabase, settings.municipality),
    renderPdf: surroundings.renderPdf,
  });
  const sessions = createSessions({
    access: accessStore(database),
    secondFactor: createSecondFactor({
      mode: settings.secondFactor,
      store: secondFactorStore(database),
      municipalityName: name,
      clock,
    }),
    cases,
    municipalityName: name,
    clock,
    log,
    changed,
  });
  const origin = new URL(settings.publicUrl).origin;
  const listener = createListener({ sessions, views, counter, hub, origin, pages: surroundings.pages, log });
  const renewal = new EquipmentRenewal({
    equipment: () => own,
    renew: (presentKey) => renewMachine(client.calls, presentKey),
    take: (renewed) => {
      own = keepRenewed(own, settings.authority, renewed);
      gateway.equipmentRenewed();
      client.actAs({ certificate: own.certificatePem, key: own.keyPem });
    },
    clock,
    log,
  });
  await inForce.open();
  const httpPort = await listen(listener, settings.listen);
  const gatewayPort = await gateway.listen(settings.gateway.host, settings.gateway.port);
  renewal.open();
  await runner.resumeAll();
  return {
    http: { port: httpPort },
    gateway: { port: gatewayPort },
    async close() {
      runner.stop();
      inForce.close();
      renewal.close();
      await gateway.close();
      await new Promise<void>((resolve) => {
        listener.close(() => resolve());
        listener.closeAllConnections();
      });
      await client.close();
      await Promise.all([database.close(), registerDatabase.close()]);
    },
  };
}

function municipalityName(code: string): string {
  return chibaMunicipalities.find((municipality) => municipality.code === code)?.name ?? code;
}

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}
