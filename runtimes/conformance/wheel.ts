import { zip } from "./archives.ts";

/** An archive of a Python action whose requirements.txt asks for a package that lies beside it. No network is needed. */
export async function requirementsArchive(): Promise<string> {
  const info = "agent-1.0.dist-info";
  const wheel = await zip({
    "agent.py": `it = "works"`,
    [`${info}/METADATA`]: "Metadata-Version: 2.1\nName: agent\nVersion: 1.0\n",
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: conformance\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/RECORD`]: `agent.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
  });
  return zip({
    "__main__.py": `from agent import it\ndef main(args):\n    return {"it": it}`,
    "requirements.txt": "--no-index\n--find-links wheels\nagent==1.0\n",
    "wheels/agent-1.0-py3-none-any.whl": Buffer.from(wheel, "base64"),
  });
}
