/** A responder of its own process; with `databaseAway`, what it answered is in its spool alone. */
import { sign } from "node:crypto";
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { assembleOcspRequest, encodeTbsRequest, makeCertId } from "@mitome/x509";
import { makePeer, serialOf } from "./hierarchy.fixture.ts";
import { makeWorld } from "./memory-world.fixture.ts";

const world = makeWorld(() => new Date());
const socket = join(world.directory, "socket");
world.configuration.listeners.splice(0, 1, { kind: "behindProxy", socket });
// Records are counted elsewhere: this process is watched for its memory.
world.records.store = async () => {
  if (argv.includes("databaseAway")) throw new Error("the database is away");
};
const city = makePeer("city");
world.registry.register(city, "city");
const serial = serialOf("4a01");
world.status.put({ authority: "chiba", generation: 2 }, serial);
const idOf = (hash: "sha1" | "sha256") => makeCertId(hash, world.authorities[1].certificate, serial);
const plain = encodeTbsRequest({ certIds: [idOf("sha1")] });
const nonce = encodeTbsRequest({ certIds: [idOf("sha256"), idOf("sha1")], nonce: Buffer.alloc(32, 7) });
const requestorName = { kind: "directoryName", name: city.certificate.subject } as const;
const named = encodeTbsRequest({ requestorName, certIds: [idOf("sha1")] });
const signature = sign("sha256", named, city.privateKey);
const signer = { algorithm: "ecdsa-with-SHA256", signature, certificates: [city.certificate.der] } as const;
const requests = [assembleOcspRequest(plain), assembleOcspRequest(nonce), assembleOcspRequest(named, signer)];
await world.start();
stdout.write(
  `${JSON.stringify({
    ...{ directory: world.directory, spool: world.configuration.spool, socket },
    client: Buffer.from(city.certificate.der).toString("base64"),
    requests: requests.map((request) => Buffer.from(request).toString("base64")),
  })}\n`,
);
