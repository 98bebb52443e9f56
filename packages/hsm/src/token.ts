import pkcs11js, { type Handle, type PKCS11 } from "pkcs11js";
import { HsmUnavailable, type HsmUnavailableCause } from "./hsm-unavailable.ts";
import {
  finalise,
  findOne,
  initialiseAndFindToken,
  loadModule,
  meansLostToken,
  returnValue,
  type TokenAddress,
} from "./pkcs11-module.ts";
import { SessionPool } from "./session-pool.ts";
import { KeyMissing, TokenLocked, type TokenState } from "./token-state.ts";
import { withTimeout } from "./with-timeout.ts";

/** What a token needs besides its address. Times in milliseconds. */
export interface TokenOptions extends TokenAddress {
  /** Sessions for asynchronous operations; 4 keep two cores busy. */
  readonly sessions?: number;
  /** How often the token is asked whether it is there. */
  readonly probeEvery?: number;
  /** After how long an operation counts as unavailable. */
  readonly operationTimeout?: number;
  /** Told about each change of state. */
  readonly onState?: (state: TokenState, cause?: HsmUnavailableCause) => void;
}

type Attachment = {
  readonly slot: Handle;
  readonly pool: SessionPool;
  /** For synchronous operations, which never overlap. Also carries the login. */
  readonly immediate: Handle;
  readonly handles: Map<string, Handle>;
};

const firstPause = 50;
const longestPause = 2_000;

/**
 * One PKCS#11 token with its login and sessions. A lost token or session is opened anew in the background, with the PIN
 * held in memory; operations reject with HsmUnavailable meanwhile. Every private handle dies with a logout, so handles
 * are looked up again after each login.
 */
export class Token {
  readonly #options: TokenOptions;
  readonly #pkcs11: PKCS11;
  readonly #probe: NodeJS.Timeout;
  #attachment: Attachment | undefined;
  #pin: Buffer | undefined;
  #draining = false;
  #running = 0;
  #missed = 0;
  #drained: (() => void)[] = [];
  #stopped = false;
  #healing: Promise<void> | undefined;

  private constructor(options: TokenOptions) {
    this.#options = options;
    this.#pkcs11 = loadModule(options);
    this.#probe = setInterval(() => this.#probePresence(), options.probeEvery ?? 1_000).unref();
  }

  /** Loads the module and begins to look for the token; the token may appear later. */
  static async open(options: TokenOptions): Promise<Token> {
    const token = new Token(options);
    try {
      token.#attach();
    } catch {
      token.#lose("tokenMissing");
      await Promise.race([token.#healing, patience()]);
    }
    return token;
  }

  get state(): TokenState {
    if (this.#attachment === undefined) return "unavailable";
    return this.#pin === undefined || this.#draining ? "locked" : "ready";
  }

  /** Logs in. The PIN is kept, so that a lost token can be opened anew, until `logout`. Throws HsmUnavailable. */
  login(pin: string): "loggedIn" | "pinWrong" {
    const attachment = this.#attached();
    if (this.#pin !== undefined) return this.#pin.equals(Buffer.from(pin)) ? "loggedIn" : "pinWrong";
    const outcome = this.#tryLogin(attachment, pin);
    if (outcome === "loggedIn") {
      this.#pin = Buffer.from(pin);
      this.#options.onState?.("ready");
    }
    return outcome;
  }

  /**
   * Lets running operations end, then logs out and forgets the PIN. An operation that was begun would still sign after
   * C_Logout, so new ones are refused first.
   */
  async logout(): Promise<void> {
    if (this.#pin === undefined) return;
    this.#draining = true;
    this.#pin.fill(0);
    this.#pin = undefined;
    await this.#drain();
    this.#draining = false;
    const attachment = this.#attachment;
    if (attachment === undefined) return;
    attachment.handles.clear();
    try {
      this.#pkcs11.C_Logout(attachment.immediate);
    } catch (error) {
      if (meansLostToken(error)) this.#lose("sessionLost");
    }
    this.#options.onState?.("locked");
  }

  /** Runs one short synchronous operation. Throws TokenLocked, HsmUnavailable. */
  immediately<Result>(operation: (pkcs11: PKCS11, session: Handle) => Result): Result {
    const attachment = this.#loggedIn();
    return this.#guard(() => operation(this.#pkcs11, attachment.immediate));
  }

  /** Runs an operation that may take the thread pool, on a session of its own. Throws TokenLocked, HsmUnavailable. */
  async run<Result>(operation: (pkcs11: PKCS11, session: Handle) => Promise<Result>): Promise<Result> {
    const attachment = this.#loggedIn();
    this.#running++;
    const session = await attachment.pool.take();
    if (this.#attachment !== attachment) {
      this.#finishOne(attachment, session);
      throw new HsmUnavailable("sessionLost");
    }
    const outcome = this.#guardAsync(() => operation(this.#pkcs11, session)).finally(() =>
      this.#finishOne(attachment, session),
    );
    return await withTimeout(outcome, this.#options.operationTimeout ?? 15_000);
  }

  /** Handle of a key by class and label, looked up once a login. Throws KeyMissing, TokenLocked, HsmUnavailable. */
  key(objectClass: number, label: string): Handle {
    const { handles } = this.#loggedIn();
    const name = `${objectClass}:${label}`;
    const known = handles.get(name);
    if (known !== undefined) return known;
    const found = this.immediately((pkcs11, session) => findOne(pkcs11, session, objectClass, label));
    if (found === undefined) {
      if (!this.#isPresent()) this.#lose("tokenMissing"); // SoftHSM finds nothing in a directory that is gone
      this.#attached();
      throw new KeyMissing(label);
    }
    handles.set(name, found);
    return found;
  }

  /** Ends operations, logs out and finalises the module. */
  async close(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#probe);
    await this.logout();
    await this.#healing;
    this.#attachment = undefined;
    finalise(this.#pkcs11);
    this.#pkcs11.close();
  }

  #attached(): Attachment {
    if (this.#attachment === undefined) throw new HsmUnavailable("tokenMissing");
    return this.#attachment;
  }

  #loggedIn(): Attachment {
    const attachment = this.#attached();
    if (this.#pin === undefined || this.#draining) throw new TokenLocked("nobody is logged in");
    return attachment;
  }

  #attach(): void {
    const slot = initialiseAndFindToken(this.#pkcs11, this.#options.tokenLabel);
    const flags = pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION;
    const open = () => this.#pkcs11.C_OpenSession(slot, flags);
    const pool = new SessionPool(Array.from({ length: this.#options.sessions ?? 4 }, open));
    const attachment = { slot, pool, immediate: open(), handles: new Map<string, Handle>() };
    if (this.#pin !== undefined && this.#tryLogin(attachment, this.#pin.toString()) === "pinWrong") {
      this.#pin.fill(0); // changed meanwhile: a person must activate again
      this.#pin = undefined;
    }
    this.#attachment = attachment;
    this.#options.onState?.(this.state);
  }

  #tryLogin(attachment: Attachment, pin: string): "loggedIn" | "pinWrong" {
    try {
      this.#pkcs11.C_Login(attachment.immediate, pkcs11js.CKU_USER, pin);
      return "loggedIn";
    } catch (error) {
      const code = returnValue(error);
      if (code === pkcs11js.CKR_USER_ALREADY_LOGGED_IN) return "loggedIn";
      if (code === pkcs11js.CKR_PIN_INCORRECT || code === pkcs11js.CKR_PIN_LEN_RANGE) return "pinWrong";
      if (code === pkcs11js.CKR_PIN_LOCKED) return "pinWrong";
      this.#lose("deviceError");
      throw new HsmUnavailable("deviceError");
    }
  }

  #guard<Result>(operation: () => Result): Result {
    try {
      return operation();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  async #guardAsync<Result>(operation: () => Promise<Result>): Promise<Result> {
    try {
      return await operation();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): unknown {
    if (!meansLostToken(error)) return error;
    this.#lose("deviceError");
    return new HsmUnavailable("deviceError");
  }

  // One look may fail while another process logs in: SoftHSM then rewrites a file that this one is reading.
  #probePresence(): void {
    this.#missed = this.#isPresent() ? 0 : this.#missed + 1;
    if (this.#missed >= 2) this.#lose("tokenMissing");
  }

  #isPresent(): boolean {
    if (this.#attachment === undefined) return true; // being opened anew already
    try {
      this.#pkcs11.C_GetTokenInfo(this.#attachment.slot);
      this.#pkcs11.C_GetSessionInfo(this.#attachment.immediate);
      return true;
    } catch {
      return false;
    }
  }

  #lose(cause: HsmUnavailableCause): void {
    if (this.#healing !== undefined || this.#stopped) return;
    this.#attachment = undefined;
    this.#options.onState?.("unavailable", cause);
    this.#healing = this.#heal().finally(() => {
      this.#healing = undefined;
    });
  }

  async #heal(): Promise<void> {
    await this.#drain(); // C_Finalize under a running operation is undefined
    for (let wait = firstPause; !this.#stopped; wait = Math.min(wait * 2, longestPause)) {
      try {
        this.#attach();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  #finishOne(attachment: Attachment, session: Handle): void {
    attachment.pool.release(session);
    this.#running--;
    if (this.#running > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  #drain(): Promise<void> {
    return this.#running === 0 ? Promise.resolve() : new Promise((resolve) => this.#drained.push(resolve));
  }
}

// How long a start waits for a token that is usually there; what looks for it goes on afterwards.
function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5_000).unref());
}
