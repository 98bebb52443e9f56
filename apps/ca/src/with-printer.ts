/** The printer of operators' scripts. */
import { tmpdir } from "node:os";
import { openPrinter, type Printer } from "@mitome/paper/printer";
import type { OperatorConfiguration } from "./configuration.ts";
import { CannotDo } from "./operator-script.ts";

/** Lends a printer to the work; refused where the configuration names no Chromium. */
export async function withPrinter<Made>(
  { chromium }: Pick<OperatorConfiguration, "chromium">,
  work: (printer: Printer) => Promise<Made>,
): Promise<Made> {
  if (chromium === undefined) throw new CannotDo("the configuration has no chromium, which prints papers");
  const printer = await openPrinter({ chromium, temporaryDirectory: tmpdir() });
  try {
    return await work(printer);
  } finally {
    await printer.close();
  }
}
