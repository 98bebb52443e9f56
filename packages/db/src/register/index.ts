export { kanaKey } from "./kana-key.ts";
export { loadResidents } from "./load-residents.ts";
export { residentRegister } from "./register.ts";
