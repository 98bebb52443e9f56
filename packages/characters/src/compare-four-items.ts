import { alignUnits, type Step } from "./align-units.ts";
import { type DateOfBirth, dateOfBirthParts, parseDateOfBirth } from "./date-of-birth.ts";
import type { ComparedItem, Difference, FourItems, ItemComparison } from "./four-items.ts";
import { omissionOf, variationBetween } from "./variation.ts";
import { cutAddresses, cutName, type WrittenUnit } from "./written-units.ts";

const genderText = { 1: "男", 2: "女", 3: "不明" } as const;

/**
 * Compares an application with the register, character by character (千葉県運用規程 3-1-9): one outcome an item, in the
 * order name, 通称 (only when one of the two has it), birth date, gender, address. Nothing is decided here: `soft`
 * differences are for the clerk to accept with a reason, `hard` ones stop the issue (4-1-1: doubt means no issue).
 */
export function compareFourItems(application: FourItems, register: FourItems): ItemComparison[] {
  const compared = [compareTexts("name", application.name, register.name)];
  if (application.alias !== undefined || register.alias !== undefined) {
    compared.push(compareTexts("alias", application.alias ?? "", register.alias ?? ""));
  }
  compared.push(compareDatesOfBirth(application.dateOfBirth, register.dateOfBirth));
  const [gender, registered] = [genderText[application.gender], genderText[register.gender]];
  compared.push(outcome("gender", gender, registered, gender === registered ? [] : [wholeTexts(gender, registered)]));
  compared.push(compareTexts("address", application.address, register.address));
  return compared;
}

function outcome(item: ComparedItem, application: string, register: string, differences: Difference[]): ItemComparison {
  const hard = differences.some(({ severity }) => severity === "hard");
  const result = hard ? "hard" : differences.length > 0 ? "soft" : "same";
  return { item, application, register, result, differences };
}

const wholeTexts = (application: string, register: string): Difference => ({
  severity: "hard",
  reason: "different",
  position: 1,
  application,
  registerPosition: 1,
  register,
});

function compareTexts(item: "name" | "alias" | "address", application: string, register: string): ItemComparison {
  if (application === register) return outcome(item, application, register, []);
  if (application === "" || register === "") {
    return outcome(item, application, register, [
      { ...wholeTexts(application, register), reason: mismatch(application, register) },
    ]);
  }
  const rules = item === "address" ? "address" : "name";
  const [left, right] =
    rules === "address" ? cutAddresses(application, register) : [cutName(application), cutName(register)];
  // Any number of ways of writing is likelier than one real difference; two changed characters are
  // likelier than one lost and one added.
  const steps = alignUnits(left, right, {
    single: (unit) => (omissionOf(unit) === undefined ? 10_001 : 1),
    pair: (a, b) => {
      const variation = variationBetween(a, b, rules);
      return variation === "same" ? 0 : variation === undefined ? 10_000 : 1;
    },
  });
  const differences = joinNeighbours(differencesOf(steps, rules));
  return outcome(
    item,
    application,
    register,
    item === "address" ? buildingLeftOff(differences, application) : differences,
  );
}

function differencesOf(steps: readonly Step<WrittenUnit>[], rules: "name" | "address"): (Difference | "same")[] {
  let [position, registerPosition] = [1, 1];
  return steps.map(({ left, right }) => {
    const place = { position, application: left?.text ?? "", registerPosition, register: right?.text ?? "" };
    position += [...place.application].length;
    registerPosition += [...place.register].length;
    if (left !== undefined && right !== undefined) {
      const variation = variationBetween(left, right, rules);
      if (variation === "same") return "same";
      if (variation === undefined) return { severity: "hard", reason: "different", ...place };
      return { severity: "soft", reason: variation, ...place };
    }
    const omission = omissionOf(left ?? right);
    if (omission !== undefined) return { severity: "soft", reason: omission, ...place };
    return { severity: "hard", reason: left === undefined ? "missing" : "added", ...place };
  });
}

/** Joins differences that touch: hard ones with what is lost beside them, soft ones of one reason. */
function joinNeighbours(places: readonly (Difference | "same")[]): Difference[] {
  const joined: Difference[] = [];
  let touching = false;
  for (const place of places) {
    const last = joined.at(-1);
    if (place === "same") touching = false;
    else if (last !== undefined && touching && belongTogether(last, place)) {
      const application = last.application + place.application;
      const register = last.register + place.register;
      const hard = last.severity === "hard" || place.severity === "hard";
      const verdict = hard ? ({ severity: "hard", reason: mismatch(application, register) } as const) : {};
      joined[joined.length - 1] = { ...last, ...verdict, application, register };
    } else {
      joined.push(place);
      touching = true;
    }
  }
  return joined;
}

function belongTogether(last: Difference, next: Difference): boolean {
  if (last.severity === "soft" && next.severity === "soft") return last.reason === next.reason;
  if (last.severity === "hard" && next.severity === "hard") return true;
  // A space before, and anything after, that is lost together with a real loss is one loss.
  const lostTogether =
    (last.application === "" && next.application === "") || (last.register === "" && next.register === "");
  return lostTogether && (last.severity === "hard" || last.reason === "space");
}

const mismatch = (application: string, register: string): "different" | "missing" | "added" =>
  application === "" ? "missing" : register === "" ? "added" : "different";

/** An application that ends after the numbers, where the register goes on with the building's name (方書). */
function buildingLeftOff(differences: readonly Difference[], application: string): Difference[] {
  const end = [...application].length + 1;
  return differences.map((difference) => {
    const building = difference.reason === "missing" && /^\s*[^\s\p{Nd}\-‐−－ーのノ丁番号]/u.test(difference.register);
    const atEnd = difference.position === end && /[\p{Nd}号地番目]$/u.test(application);
    return building && atEnd ? { ...difference, severity: "soft", reason: "buildingOmitted" } : difference;
  });
}

function compareDatesOfBirth(application: string, register: string): ItemComparison {
  const [applied, registered] = [parseDateOfBirth(application), parseDateOfBirth(register)];
  if (applied === undefined || registered === undefined) {
    const differences = application === register ? [] : [wholeTexts(application, register)];
    return outcome("dateOfBirth", application, register, differences);
  }
  const [left, right] = [dateOfBirthParts(applied), dateOfBirthParts(registered)];
  return outcome("dateOfBirth", left.join(""), right.join(""), partDifferences(applied, registered, left, right));
}

function partDifferences(applied: DateOfBirth, registered: DateOfBirth, left: string[], right: string[]): Difference[] {
  let [position, registerPosition] = [1, 1];
  const differences: Difference[] = [];
  for (const [index, part] of (["year", "month", "day"] as const).entries()) {
    const place = { position, application: left[index] ?? "", registerPosition, register: right[index] ?? "" };
    position += place.application.length;
    registerPosition += place.register.length;
    const sameValue = applied[part] === registered[part];
    if (sameValue && place.application !== place.register) {
      differences.push({ severity: "soft", reason: "eraNotation", ...place });
    } else if (!sameValue) {
      const unknown = applied[part] === undefined || registered[part] === undefined;
      differences.push({ severity: "hard", reason: unknown ? "unknown" : "different", ...place });
    }
  }
  return differences;
}
