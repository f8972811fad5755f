import { tarGz, zip, zipRenaming } from "./archives.ts";
import type { Case } from "./cases.ts";
import { NOT_BUILT, NOT_STARTED, works } from "./proxy-expectations.ts";
import { ECHO, refused } from "./python-expectations.ts";
import type { Upload } from "./target.ts";
import { requirementsArchive } from "./wheel.ts";

/** Installers are slow, on a busy machine more so. */
const INSTALL_LIMIT_MS = 180_000;

async function binary(code: string | Promise<string>, main?: string): Promise<Upload> {
  return { code: await code, binary: true, ...(main !== undefined && { main }) };
}

/**
 * What an archive may hold.
 * @param withoutPip why a requirements.txt can't be followed here, if it can't
 */
export function pythonArchiveCases(withoutPip: string | undefined): Case[] {
  const activate =
    "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(__file__)), 'packages'))";
  const withVirtualenv = {
    "virtualenv/bin/activate_this.py": activate,
    "virtualenv/packages/agent.py": `it = "works"`,
  };
  const usesVirtualenv = `from agent import it\ndef main(args):\n    return {"it": it}\nnaim = main`;
  return [
    {
      id: "P1",
      title: "loads __main__.py and what it imports",
      upload: binary(zip({ "__main__.py": "from echo import niam", "echo.py": ECHO }), "niam"),
      check: works,
    },
    {
      id: "P2",
      title: "works in the unpacked folder",
      upload: binary(
        zip({ "__main__.py": "def main(args):\n    return {'it': open('workfile').read()}", workfile: "works" }),
      ),
      check: works,
    },
    {
      title: "loads a tar.gz",
      upload: binary(tarGz({ "__main__.py": "from lib.echo import main", "lib/echo.py": ECHO })),
      check: works,
    },
    {
      title: "prefers its own module to one of the same name that Python has",
      upload: binary(zip({ "__main__.py": "from random import main", "random.py": ECHO })),
      check: works,
    },
    {
      id: "P3",
      title: "wants __main__.py",
      upload: binary(zip({ "echo.py": ECHO })),
      bodies: [],
      check: refused(NOT_BUILT, "Zip file does not include"),
    },
    {
      id: "P13",
      title: "runs what was built elsewhere",
      upload: binary(
        zip({ exec: "#!/bin/bash", "exec__.py": "", "main__.py": usesVirtualenv, ...withVirtualenv }),
        "naim",
      ),
      check: works,
    },
    {
      id: "P14",
      title: "wants the main module of what was built elsewhere",
      upload: binary(zip({ exec: "#!/bin/bash", "exec__.py": "", ...withVirtualenv })),
      bodies: [],
      check: refused(NOT_STARTED, "main__"),
    },
    {
      title: "activates a virtualenv",
      upload: binary(zip({ "__main__.py": usesVirtualenv, ...withVirtualenv })),
      check: works,
    },
    {
      id: "P15",
      title: "refuses a virtualenv that can't be activated",
      upload: binary(zip({ "__main__.py": ECHO, "virtualenv/lib/x.py": "" })),
      bodies: [],
      check: refused(NOT_BUILT, "Invalid virtualenv. Zip file does not include 'activate_this.py'."),
    },
    {
      title: "installs what requirements.txt asks for",
      skip: withoutPip,
      limitMs: INSTALL_LIMIT_MS,
      upload: requirementsArchive().then((code) => binary(code)),
      check: works,
    },
    {
      title: "shows why requirements.txt could not be followed",
      skip: withoutPip,
      limitMs: INSTALL_LIMIT_MS,
      upload: binary(zip({ "__main__.py": ECHO, "requirements.txt": "--no-index\nno-such-package-at-all" })),
      bodies: [],
      check: refused(NOT_BUILT, "no-such-package-at-all"),
    },
    {
      title: "says that an archive is broken",
      upload: binary(Buffer.from("PK\x03\x04 and then nothing").toString("base64")),
      bodies: [],
      check: refused(NOT_BUILT, "the zip archive cannot be read"),
    },
    {
      title: "refuses a file outside of the folder",
      upload: binary(zipRenaming({ "__main__.py": ECHO, "aa/evil": "x" }, "aa/evil", "../evil")),
      bodies: [],
      check: refused(NOT_BUILT, "lies outside of the folder"),
    },
    {
      title: "refuses a link that leaves the folder",
      upload: binary(zip({ "__main__.py": ECHO, "a/b": { linkTo: "../../outside" } })),
      bodies: [],
      check: refused(NOT_BUILT, "leads out of the folder"),
    },
  ];
}
