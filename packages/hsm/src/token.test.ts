import { execFile as execFileWithCallback } from "node:child_process";
import { renameSync } from "node:fs";
import { promisify } from "node:util";
import { createSoftHsmToken, SOFTHSM_MODULE, type SoftHsmToken } from "@mitome/testkit/softhsm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { HsmUnavailable } from "./hsm-unavailable.ts";
import { generateSigningKeyPair } from "./keys.ts";
import { signWithToken } from "./signing.ts";
import { Token } from "./token.ts";
import type { TokenState } from "./token-state.ts";

const execFile = promisify(execFileWithCallback);
const label = "ca:chiba:1";
let files: SoftHsmToken;
let token: Token | undefined;
const states: TokenState[] = [];
const waiting: (() => void)[] = [];

async function reached(state: TokenState): Promise<void> {
  while (states.at(-1) !== state) await new Promise<void>((resolve) => waiting.push(resolve));
}

async function open(): Promise<Token> {
  token = await Token.open({
    module: SOFTHSM_MODULE,
    softhsmConf: files.configuration,
    tokenLabel: files.label,
    probeEvery: 20,
    onState: (state) => {
      states.push(state);
      for (const resume of waiting.splice(0)) resume();
    },
  });
  return token;
}

const sign = (from: Token) => signWithToken(from, label, "sha256WithRSAEncryption", Buffer.from("tbs"));

beforeEach(() => {
  files = createSoftHsmToken();
  states.length = 0;
});

afterEach(async () => {
  await token?.close();
  files.remove();
});

it("heals without a restart when the token's directory goes and comes back, and is HsmUnavailable meanwhile", async () => {
  const living = await open();
  living.login(files.pin);
  living.immediately((pkcs11, session) => generateSigningKeyPair(pkcs11, session, label, "RSA-2048"));
  const before = await sign(living);

  renameSync(files.tokensDirectory, `${files.tokensDirectory}.gone`);
  await expect(sign(living)).rejects.toThrow(HsmUnavailable);
  expect(living.state).toBe("unavailable");
  await expect(sign(living)).rejects.toThrow(HsmUnavailable);

  renameSync(`${files.tokensDirectory}.gone`, files.tokensDirectory);
  await reached("ready");
  expect(await sign(living)).toEqual(before);
});

it("notices a token that is gone though nobody asks for a signature", async () => {
  const living = await open();
  living.login(files.pin);
  renameSync(files.tokensDirectory, `${files.tokensDirectory}.gone`);
  await reached("unavailable");
  renameSync(`${files.tokensDirectory}.gone`, files.tokensDirectory);
  await reached("ready");
});

it("heals a lost session", async () => {
  const living = await open();
  living.login(files.pin);
  living.immediately((pkcs11, session) => generateSigningKeyPair(pkcs11, session, label, "RSA-2048"));
  living.immediately((pkcs11, session) => pkcs11.C_CloseSession(session));
  await reached("unavailable");
  await reached("ready");
  expect((await sign(living)).length).toBe(256);
});

it("waits for a token that is not there yet when the process starts", async () => {
  renameSync(files.tokensDirectory, `${files.tokensDirectory}.gone`);
  const opening = open();
  await reached("unavailable");
  renameSync(`${files.tokensDirectory}.gone`, files.tokensDirectory);
  expect((await opening).state).toBe("locked");
});

it("finds the token in every one of six processes that start at the same time", async () => {
  // SoftHSM shows some of several processes that initialise together one slot only: C_Finalize, C_Initialize, again. A
  // log-in rewrites a file that the others read: one that failed may be repeated, as its error says.
  const script = `
    import { setTimeout } from "node:timers/promises";
    import { Token } from ${JSON.stringify(new URL("./token.ts", import.meta.url).href)};
    const [module, softhsmConf, tokenLabel, pin] = process.argv.slice(1);
    const token = await Token.open({ module, softhsmConf, tokenLabel });
    const login = async () => {
      try {
        return token.login(pin);
      } catch (error) {
        if (error.name !== "HsmUnavailable") throw error;
        await setTimeout(50);
        return login();
      }
    };
    process.stdout.write(await login());
    await token.close();`;
  const starting = Array.from({ length: 6 }, () =>
    execFile(process.execPath, [
      ...["--input-type=module", "--eval", script],
      ...[SOFTHSM_MODULE, files.configuration, files.label, files.pin],
    ]),
  );
  const said = (await Promise.all(starting)).map(({ stdout }) => stdout);
  expect(said).toEqual(Array(6).fill("loggedIn"));
});
