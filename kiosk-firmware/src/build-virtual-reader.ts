import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../virtual-reader/ifd.c", import.meta.url));
const driver = fileURLToPath(new URL("../build/virtual-reader.so", import.meta.url));

/**
 * Builds the virtual reader's driver if it is older than its source and returns its path. Needs gcc and libpcsclite-dev; throws
 * with the compiler's words when they are absent.
 */
export function buildVirtualReader(): string {
  if (existsSync(driver) && statSync(driver).mtimeMs >= statSync(source).mtimeMs) return driver;
  mkdirSync(dirname(driver), { recursive: true });
  // Built beside its place and renamed: a pcscd that starts meanwhile never loads half a driver.
  const fresh = `${driver}.${process.pid}`;
  const warnings = ["-Wall", "-Wextra", "-Werror"];
  const flags = ["-O2", ...warnings, "-shared", "-fPIC", "-I/usr/include/PCSC"];
  execFileSync("gcc", [...flags, "-o", fresh, source, "-lpthread"], { stdio: ["ignore", "inherit", "pipe"] });
  renameSync(fresh, driver);
  return driver;
}

if (import.meta.main) console.log(buildVirtualReader());
