import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EquipmentRoot, pem } from "./equipment.fixture.ts";
import { TestGateway } from "./gateway.fixture.ts";
import { GatewayConnection } from "./gateway-connection.ts";

let directory: string;
let root: EquipmentRoot;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "wrong-server-"));
  root = new EquipmentRoot(directory);
});
afterEach(() => rmSync(directory, { recursive: true }));

async function meets(server: { cert: string; key: string }, ca = root.ca): Promise<"open" | "close"> {
  const gateway = new TestGateway(ca, server);
  const agent = root.issue("agent", "counter-1");
  const connection = new GatewayConnection({
    url: await gateway.listen(),
    ca: pem(root.ca),
    cert: pem(agent.cert),
    key: pem(agent.key),
    authority: "chiba",
    municipality: "121002",
  });
  const first = Promise.race([
    once(connection, "open").then(() => "open" as const),
    once(connection, "close").then(() => "close" as const),
  ]);
  connection.start();
  const what = await first;
  connection.stop();
  await gateway.close();
  return what;
}

it("talks to its municipality's server and to no other machine", async () => {
  const servers = {
    own: root.issue("server", "hall-1"),
    otherMunicipality: root.issue("server", "hall-1", { municipality: "122041" }),
    otherAuthority: root.issue("server", "hall-1", { authority: "chiba-practice" }),
    authorityServer: root.issue("authority-server", "hall-1"),
    otherRoot: new EquipmentRoot(directory, "foreign").issue("server", "hall-9"),
  };
  const met: Record<string, string> = {};
  for (const [name, files] of Object.entries(servers)) met[name] = await meets(files);
  expect(met).toEqual({
    own: "open",
    otherMunicipality: "close",
    otherAuthority: "close",
    authorityServer: "close",
    otherRoot: "close",
  });
});
