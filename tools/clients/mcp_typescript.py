"""The TypeScript clients of the Model Context Protocol, of both revisions, run by node."""

import os
import subprocess
import sys
from pathlib import Path

from told import tell

url, home = sys.argv[1], Path(sys.argv[2])
SCRIPT = Path(__file__).with_name("mcp_typescript.mjs")
PACKAGES = ("@modelcontextprotocol/client", "@modelcontextprotocol/sdk")

# node looks for packages beside the script
(home / "try.mjs").write_text(SCRIPT.read_text("utf-8"), "utf-8")
(home / "package.json").write_text('{"type": "module", "private": true}', "utf-8")
env = {**os.environ, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"}
subprocess.run(["npm", "install", "--silent", *PACKAGES], cwd=home, env=env, check=True)
for package in PACKAGES:
    listed = subprocess.run(
        ["npm", "list", "--depth=0", "--parseable", "--long", package],
        cwd=home,
        env=env,
        capture_output=True,
        text=True,
    )
    tell(f"installs {package}", listed.stdout.strip().rpartition(":")[2])
    subprocess.run(["node", "try.mjs", package, f"{url}/mcp"], cwd=home, env=env, check=True)
