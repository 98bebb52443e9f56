import { runQuietly } from "./run-command.ts";
import { CannotGoOn, step } from "./say.ts";

/** Builds what is not run from source: the kiosk's pages and the virtual reader's driver. Seconds when nothing changed. */
export async function buildAll(): Promise<void> {
  await step("build the pages and the virtual reader", async () => {
    const { code, output } = await runQuietly("pnpm", ["exec", "turbo", "run", "build", "--output-logs=errors-only"]);
    if (code !== 0)
      throw new CannotGoOn("The build failed.", "What it printed:", ...output.trimEnd().split("\n").slice(-30));
  });
}
