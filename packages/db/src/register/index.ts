export { kanaKey } from "./kana-key.ts";
export { isFilled, loadResidents } from "./load-residents.ts";
export { residentRegister } from "./register.ts";
