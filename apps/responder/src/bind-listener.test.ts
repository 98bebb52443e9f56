import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { bindListener, closeListener, listenerBounds } from "./bind-listener.ts";
import { makePeer } from "./hierarchy.fixture.ts";

const place = { kind: "http", host: "127.0.0.1", port: 0, shared: false } as const;
const hello = createServer(listenerBounds, (_, response) => response.end("hello"));

afterEach(() => vi.useRealTimers());

describe("a listener", () => {
  it("goes on after connections that the system could not accept", async () => {
    const url = await bindListener(hello, place);
    for (let number = 0; number < 3; number += 1) hello.emit("error", new Error("accept ENFILE"));
    expect(await (await fetch(url)).text()).toBe("hello");
    await closeListener(hello);
  });

  it.each([
    ["says nothing", createServer(listenerBounds)],
    ["never ends its TLS handshake", tlsServer()],
  ] satisfies [string, Server][])("ends within two seconds although somebody %s", async (_, server) => {
    const url = new URL(await bindListener(server, place));
    const silent = connect(Number(url.port), url.hostname);
    const gone = once(silent, "close");
    silent.on("error", () => undefined).resume();
    await once(server, "connection");
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const closed = closeListener(server);
    vi.advanceTimersByTime(2_000);
    await Promise.all([closed, gone]);
  });
});

function tlsServer(): Server {
  const { pem } = makePeer("localhost");
  return createTlsServer({ ...listenerBounds, cert: pem.certificate, key: pem.key });
}
