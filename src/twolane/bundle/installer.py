"""Installs twolane out of the bundle that this file lies in, with no network.

    python3 install.py [FOLDER]

Every file is compared with SHA256SUMS first. FOLDER is where twolane goes (~/.local/share/twolane/app); an
earlier installation there is replaced. It needs a Python of the bundle's version, and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

BUNDLE = Path(__file__).resolve().parent
MARK = "installed-from-a-bundle"  # a folder without it is somebody else's, and is left alone


def main() -> None:
    """Check, install, and take in the models."""
    about = json.loads((BUNDLE / "bundle.json").read_text("utf-8"))
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if python != about["python"]:
        sys.exit(f"this bundle is for Python {about['python']}, and this is {python}: run it with that one")
    check()
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "~/.local/share/twolane/app").expanduser().absolute()
    program = install(folder)
    for model in about["models"]:
        fetch = [str(program), "models", "pull", model["name"], "--path", str(BUNDLE / model["from"])]
        subprocess.run([*fetch, "--accept-terms"], check=True)
    say(f"installed: {program}")


def check() -> None:
    """End the program where a file is not what SHA256SUMS says, or is lacking."""
    lines = (BUNDLE / "SHA256SUMS").read_text("utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        digest, _, name = line.partition("  ")
        say(f"checking {number} of {len(lines)}", end="\r")
        try:
            with (BUNDLE / name).open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            sys.exit(f"{name} cannot be read: {error}: copy the bundle again")
        if found != digest:
            sys.exit(f"{name} is damaged or was changed: copy the bundle again")
    say(f"all {len(lines)} files are what SHA256SUMS says")


def install(folder: Path) -> Path:
    """Make an environment of its own and install all wheels into it; return the program."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).is_file():
        sys.exit(f"{folder} holds something else: name a new folder")
    say(f"installing into {folder}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    venv.create(folder, clear=(folder / "pyvenv.cfg").exists(), with_pip=False, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    (pip,) = (BUNDLE / "wheels").glob("pip-*.whl")  # an archive that runs as it is
    python = str(scripts / ("python.exe" if os.name == "nt" else "python"))
    arguments = (
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--require-hashes",
        "-r",
        "requirements.txt",
    )
    (folder / MARK).touch()
    subprocess.run([python, f"{pip}/pip", *arguments], cwd=BUNDLE, check=True)
    return scripts / ("twolane.exe" if os.name == "nt" else "twolane")


def say(text: str, end: str = "\n") -> None:
    sys.stdout.write(f"{text}{end}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
