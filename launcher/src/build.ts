import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./places.ts";
import { runQuietly } from "./run-command.ts";
import { CannotGoOn, step } from "./say.ts";

const TURBO = ["pnpm", "exec", "turbo", "run", "build", "--output-logs=errors-only"];

/**
 * Builds what is not run from source: the kiosk's pages and the virtual reader's driver. Seconds when nothing changed.
 * Two runs at once build one after the other: the second finds everything built.
 */
export async function buildAll(): Promise<void> {
  await step("build the pages and the virtual reader", async () => {
    await mkdir(join(root, ".mitome"), { recursive: true });
    const { code, output } = await runQuietly("flock", [join(root, ".mitome/build.lock"), ...TURBO]);
    if (code !== 0)
      throw new CannotGoOn("The build failed.", "What it printed:", ...output.trimEnd().split("\n").slice(-30));
  });
}
