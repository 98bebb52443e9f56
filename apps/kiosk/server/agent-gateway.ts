import type { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { equipmentIdentityIn } from "@mitome/x509";
import { type WebSocket, WebSocketServer } from "ws";
import { AgentConnection, type AgentConnectionDependencies } from "./agent-connection.ts";
import type { Log } from "./log.ts";
import type { MachinesInForce } from "./machines-in-force.ts";

/** Largest message of an agent, in octets. */
const largestMessage = 256 * 1024;

export interface GatewayDependencies extends Omit<AgentConnectionDependencies, "terminal" | "certificate"> {
  readonly log: Log;
  readonly inForce: MachinesInForce;
}

/**
 * Where device agents dial in: TLS 1.3, client certificate under the equipment root, kind `agent` of this municipality,
 * one WebSocket a terminal at `/agent`. Whoever else comes gets nothing beyond the TLS alert or a closed connection.
 */
export class AgentGateway {
  readonly #dependencies: GatewayDependencies;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #connections = new Map<string, AgentConnection>();

  constructor(dependencies: GatewayDependencies) {
    this.#dependencies = dependencies;
    const { log } = dependencies;
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage, perMessageDeflate: false });
    this.#server = createServer({ ...this.#ownSide(), requestCert: true, rejectUnauthorized: true });
    this.#server.on("tlsClientError", () => log("K012", { reason: "tls" }));
    this.#server.on("request", (_request, response) => {
      response.shouldKeepAlive = false;
      response.writeHead(404).end();
    });
    this.#server.on("upgrade", (request, socket, head) => {
      socket.on("error", () => socket.destroy());
      void this.#admit(request, socket, head);
    });
    dependencies.inForce.told = () => this.#dismissRevoked();
  }

  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address();
    return isAddress(address) ? address.port : port;
  }

  /** Shows the certificate as it is now to whoever dials from here on; open connections stay. */
  equipmentRenewed(): void {
    this.#server.setSecureContext(this.#ownSide());
  }

  /** The agent of a counter, when it is there and has said hello. */
  agentOf(counter: string): AgentConnection | null {
    const connection = this.#connections.get(counter);
    return connection?.ready === true ? connection : null;
  }

  async close(): Promise<void> {
    for (const connection of this.#connections.values()) connection.close();
    this.#sockets.close();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { log, inForce } = this.#dependencies;
    const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    const terminal = certificate === undefined ? null : this.#terminalOf(certificate);
    const isAgent = terminal !== null && certificate !== undefined && request.url === "/agent";
    if (!isAgent || !(await inForce.admits(fingerprintOf(certificate)))) {
      log("K012", { reason: isAgent ? "notInForce" : "notAnAgentOfThisMunicipality" });
      socket.destroy();
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#welcome(terminal, certificate, webSocket));
  }

  #ownSide() {
    const { certificatePem, keyPem, rootPem } = this.#dependencies.equipment();
    return { minVersion: "TLSv1.3", cert: certificatePem, key: keyPem, ca: rootPem } as const;
  }

  #dismissRevoked(): void {
    const { inForce, log } = this.#dependencies;
    for (const [terminal, connection] of this.#connections) {
      if (inForce.has(fingerprintOf(connection.certificate))) continue;
      log("K012", { reason: "notInForce", terminal });
      connection.close();
    }
  }

  #terminalOf(certificate: X509Certificate): string | null {
    const own = this.#dependencies.equipment().identity;
    const identity = equipmentIdentityIn(certificate.raw);
    const ours =
      identity?.kind === "agent" && identity.municipality === own.municipality && identity.authority === own.authority;
    return ours ? identity.place : null;
  }

  #welcome(terminal: string, certificate: X509Certificate, webSocket: WebSocket): void {
    const { log } = this.#dependencies;
    // The newer connection of a terminal wins: the older one is most likely dead.
    this.#connections.get(terminal)?.close();
    const connection = new AgentConnection(webSocket, { ...this.#dependencies, terminal, certificate });
    this.#connections.set(terminal, connection);
    log("K010", { terminal });
    webSocket.on("close", () => {
      log("K011", { terminal });
      if (this.#connections.get(terminal) !== connection) return;
      this.#connections.delete(terminal);
      this.#dependencies.changed(terminal);
    });
  }
}

/** SHA-256 of a certificate in lower-case hexadecimal. */
function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(":", "").toLowerCase();
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
