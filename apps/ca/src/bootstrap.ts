/**
 * Enters a new authority: definition, municipalities, keys; activates; has the self-signed certificate, the equipment root
 * and this server's certificate signed by the same grammar as any other. Running it again does what is left to do.
 */
import { readFileSync } from "node:fs";
import { type AuthorityDefinition, parseAuthorityDefinition } from "@mitome/ca";
import { enterAuthority, readKeys } from "@mitome/db/ca";
import { brandDer } from "@mitome/x509";
import { certifyOwnKey } from "./certify-own-key.ts";
import { equipServer } from "./equip-server.ts";
import { CannotDo, type OperatorDesk, runScript } from "./operator-script.ts";

const yearOfDays = 366 * 86_400_000;

await runScript("bootstrap", [], async (desk) => {
  const definition = readDefinitionFile(desk.configuration.authorityDefinition);
  await enterKeys(desk, definition);
  await activate(desk, definition);
  for (const key of await readKeys(desk.ledger.reader, definition.id)) {
    if (key.certificate === undefined) await certifyOwnKey(desk, definition, key);
  }
  const server = await equipServer(desk);
  return { authority: definition.id, server };
});

function readDefinitionFile(file: string): AuthorityDefinition {
  const parsed = parseAuthorityDefinition(JSON.parse(readFileSync(file, "utf8")));
  if (parsed.kind === "refused") throw new CannotDo(`${file}: ${parsed.problems.join("; ")}`);
  return parsed.definition;
}

async function enterKeys({ configuration, ledger, signer, acting }: OperatorDesk, definition: AuthorityDefinition) {
  const labels = [
    {
      purpose: "residents",
      number: configuration.generation,
      label: `ca:${definition.id}:${configuration.generation}`,
    },
    { purpose: "equipment", number: 1, label: "equipment-root:1" },
  ] as const;
  const keys = [];
  for (const key of labels) {
    const found = await signer.publicKey(key.label);
    if (found.kind !== "publicKey") throw new CannotDo(`no key ${key.label}: hold the key ceremony first`);
    keys.push({ ...key, publicKey: brandDer<"SubjectPublicKeyInfo">(found.spki), certificate: undefined });
  }
  await enterAuthority(ledger.reader, definition, keys);
  const detail = { authority: definition.id };
  await ledger.recordEvent(acting, { kind: "authority.bootstrapped", result: "done", detail });
}

/** Waits until the signer, which watches the ledger's activations, has logged in to its token. */
async function activate(
  { configuration, operators, signer, acting }: OperatorDesk,
  { id, unattended }: AuthorityDefinition,
) {
  const { generation } = configuration;
  const from = new Date();
  const until = new Date(from.getTime() + yearOfDays);
  const detail = { authority: id, generation };
  const event = { kind: "authority.activated", result: "done", detail } as const;
  await operators.beginActivation(acting, { authority: id, generation, from, until }, event);
  for (let tries = 0; tries < 150; tries += 1) {
    if ((await signer.status()).token === "ready") return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new CannotDo(
    unattended ? "the signer did not log in to its token" : "activate the signer, then run this again",
  );
}
