import { readFileSync } from "node:fs";

/** The style of every server-rendered page; a site adds its own behind it. */
export const pageStyle = readFileSync(new URL("./page.css", import.meta.url), "utf8");
