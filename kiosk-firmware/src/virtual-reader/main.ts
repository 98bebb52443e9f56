import { readFileSync } from "node:fs";
import { startVirtualReaders, virtualReadersConfig } from "./start-virtual-readers.ts";

// node kiosk-firmware/src/virtual-reader/main.ts <config.json>
const config = virtualReadersConfig.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
const running = await startVirtualReaders(config);
const { pcscSocket, readers, pid } = running;
let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    stopping = true;
    void running.stop();
  });
}
console.log(JSON.stringify({ ready: true, pcscSocket, readers, pid }));
// Keeps the process alive: pcscd's end alone would not.
const alive = setInterval(() => undefined, 60_000);
await running.ended;
clearInterval(alive);
process.exit(stopping ? 0 : 1);
