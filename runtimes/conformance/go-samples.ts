import type { CommonSamples } from "./common-suite.ts";

/** A function with a name, and what it imports. */
export function goAction(body: string, imports: readonly string[] = [], name = "Main"): string {
  return `package main

import (${imports.map((path) => `\n\t"${path}"`).join("")}
)

func ${name}(args map[string]interface{}) map[string]interface{} {
${body}
}
`;
}

export const GO_COMMON: CommonSamples = {
  echo: {
    code: goAction('\tfmt.Println("hello stdout")\n\tfmt.Fprintln(os.Stderr, "hello stderr")\n\treturn args', [
      "fmt",
      "os",
    ]),
  },
  otherMain: { code: "package main\n\nfunc Niam(args interface{}) interface{} { return args }\n", main: "niam" },
  noObject: {
    code: `package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	out := os.NewFile(3, "out")
	fmt.Fprintln(out, \`{"ok":true}\`)
	lines := bufio.NewReader(os.Stdin)
	for {
		if _, err := lines.ReadString('\\n'); err != nil {
			return
		}
		fmt.Fprintln(out, \`"not a json object"\`)
	}
}
`,
  },
  unicode: {
    code: goAction(
      '\twinter := "❄ " + args["delimiter"].(string) + " ❄"\n\tfmt.Println(winter)\n\treturn map[string]interface{}{"winter": winter}',
      ["fmt"],
    ),
  },
  environment: {
    code: `${goAction('\treturn map[string]interface{}{"SOME_VAR": some, "ANOTHER_VAR": another}', ["os"])}
var some, hasSome = os.LookupEnv("SOME_VAR")
var another, hasAnother = os.LookupEnv("ANOTHER_VAR")
`,
  },
  context: {
    code: goAction(
      `	found := map[string]interface{}{}
	for _, key := range []string{"api_host", "api_key", "namespace", "action_name", "action_version", "activation_id", "deadline"} {
		found[key] = os.Getenv("__OW_" + strings.ToUpper(key))
	}
	return found`,
      ["os", "strings"],
    ),
  },
  withoutCode: "refused",
};
