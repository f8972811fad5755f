import { describe, expect, test } from "vitest";
import { countCases, passedIn, sectionsOf, tableIn, withTable } from "./contract-count.ts";

const CONTRACT = `# Title
| not | counted |
## 1. Names
text
| path | answer |
| --- | --- |
| a | b |
| c | d |
- a point
  - a point below it
### 1.1 More
| x |
|---|
| y |
## 2. Nothing
only text
## 3. Keys
- one
`;

const sections = [
  { document: "REST API", section: "1", title: "Names", facts: 5 },
  { document: "REST API", section: "3", title: "Keys", facts: 1 },
] as const;

describe("the count of cases", () => {
  test("takes rows of tables and points of lists for facts", () => {
    expect(sectionsOf("REST API", CONTRACT)).toEqual(sections);
  });

  test("counts a case once for each section that its title names, in the document that its file is about", () => {
    const tests = [
      { name: "§1.1, §1.2 Names > a", file: "/r/packages/controller/test/names.test.ts" },
      { name: "§1 Names > b", file: "/r/packages/controller/test/names.test.ts" },
      { name: "§1, §3 Keys > c", file: "/r/packages/controller/test/names.test.ts" },
      { name: "§1 Names > d", file: "/r/packages/controller/test/web-names.test.ts" },
      { name: "§11 Else > e", file: "/r/packages/controller/test/names.test.ts" },
      { name: "nothing > f", file: "/r/packages/controller/test/names.test.ts" },
    ];
    expect(countCases(sections, tests).map(({ cases }) => cases)).toEqual([3, 1]);
  });

  test("leaves out what did not pass", () => {
    const assertionResults = [
      { fullName: "§1 Names a", status: "passed" },
      { fullName: "§1 Names b", status: "failed" },
      { fullName: "§1 Names c", status: "pending" },
    ];
    const report = JSON.stringify({ testResults: [{ name: "/r/a.test.ts", assertionResults }] });
    expect(passedIn(report)).toEqual([{ name: "§1 Names a", file: "/r/a.test.ts" }]);
  });

  test("comes back from the page that it was written into", () => {
    const counts = countCases(sections, []);
    const page = withTable("before\n<!-- contract -->\n<!-- /contract -->\nafter", counts);
    expect(tableIn(page)).toEqual(counts);
    expect(withTable(page, counts)).toBe(page);
    expect(page).toMatch(
      /^before\n<!-- contract -->\n\| document \|[\s\S]*\| all \| \| 6 \| 0 \|\n<!-- \/contract -->\nafter$/,
    );
    expect(() => withTable("no place", counts)).toThrow("has no <!-- contract -->");
  });
});
