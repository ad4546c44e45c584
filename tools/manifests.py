#!/usr/bin/env python3
"""manifests.py VERSION URL DIST FOLDER writes the manifests of Homebrew, Scoop and winget, of the archives in DIST, into FOLDER.

URL is the project's page, below which releases are. A placeholder @SHA256 NAME@ in a template (tools/packages) is the checksum of
the archive usagereport_VERSION_NAME; one that is not in DIST is an error.
"""
import pathlib
import re
import sys

version, url, dist, folder = sys.argv[1:]
sums = {}
for line in pathlib.Path(dist, "checksums.txt").read_text(encoding="utf-8").splitlines():
    value, name = line.split()
    sums[name] = value


def value(match):
    word, _, name = match[1].partition(" ")
    if word == "SHA256":
        archive = f"usagereport_{version}_{name}"
        if archive not in sums:
            sys.exit(f"manifests: {dist}/checksums.txt has no {archive}; build all systems first")
        return sums[archive]
    return {"VERSION": version, "URL": url, "DOWNLOAD": f"{url}/releases/download/v{version}"}[word]


pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
packages = pathlib.Path(__file__).parent / "packages"
for template in (packages / "usagereport.rb", packages / "usagereport.json", packages / "usagereport.winget.yaml"):
    made = re.sub(r"@([A-Z0-9]+(?: [a-z0-9_.]+)?)@", value, template.read_text(encoding="utf-8"))
    pathlib.Path(folder, template.name).write_text(made, encoding="utf-8", newline="\n")
