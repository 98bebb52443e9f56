import { describe, expect, it } from "vitest";
import { csvRecords } from "./csv-records.ts";

const read = (text: string) => [...csvRecords(text)].map(({ line, cells }) => [line, cells]);

describe("RFC 4180", () => {
  it.each([
    [
      "records ended by CRLF",
      "a,b\r\nc,d\r\n",
      [
        [1, ["a", "b"]],
        [2, ["c", "d"]],
      ],
    ],
    [
      "no break behind the last",
      "a,b\nc,d",
      [
        [1, ["a", "b"]],
        [2, ["c", "d"]],
      ],
    ],
    ["empty cells", ",\n", [[1, ["", ""]]]],
    ["spaces kept", " a , b\n", [[1, [" a ", " b"]]]],
    ["commas and quotes in quotes", '"a,""b""",c\n', [[1, ['a,"b"', "c"]]]],
    [
      "line breaks in quotes, and the lines behind them",
      '"a\r\nb"\nc\n',
      [
        [1, ["a\r\nb"]],
        [3, ["c"]],
      ],
    ],
    ["a byte order mark", "\u{feff}a\n", [[1, ["a"]]]],
    ["nothing", "", []],
  ])("reads %s", (_what, text, records) => {
    expect(read(text)).toEqual(records);
  });

  it.each([
    ["a quote inside a plain cell", 'a"b,c\nd\n'],
    ["text behind a quoted cell", '"a"b\nd\n'],
    ["a quote that is never closed", '"a\nd\n'],
    ["a lone carriage return", "a\rb\nd\n"],
  ])("has no cells for %s, and reads on behind it", (_what, text) => {
    expect(read(text)).toEqual([
      [1, undefined],
      [2, ["d"]],
    ]);
  });

  it("is not slow to refuse a long cell", () => {
    const long = '""'.repeat(2_000_000);
    expect(read(`"${long}`)).toEqual([[1, undefined]]);
    expect(read(`"${long}"`)).toEqual([[1, ['"'.repeat(2_000_000)]]]);
  });
});
