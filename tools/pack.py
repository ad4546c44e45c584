#!/usr/bin/env python3
"""Packs the program, so that the same files give the same bytes: sorted, and all of one time.

    pack.py archive ARCHIVE.zip|.tar.gz FOLDER        the folder, with its name, as an archive
    pack.py checksums FOLDER                          checksums.txt, as sha256sum writes it
    pack.py wheel FOLDER VERSION PLATFORM PROGRAM...  a wheel in FOLDER that installs the programs where Python's scripts are

The time is SOURCE_DATE_EPOCH.
"""
import base64
import gzip
import hashlib
import os
import pathlib
import sys
import tarfile
import time
import zipfile

EPOCH = int(os.environ["SOURCE_DATE_EPOCH"])
LEVEL = 6  # 9 takes twice as long for a hundredth less


def mode(path):
    """What a file may be: a program, or to be read."""
    return 0o755 if path.stat().st_mode & 0o100 or path.suffix in (".exe", ".dll") else 0o644


def write_zip(archive, members):
    """members: a name, its bytes and its mode, in this order."""
    when = time.gmtime(EPOCH)[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as z:
        for name, content, bits in members:
            info = zipfile.ZipInfo(name, when)
            info.create_system = 3
            info.external_attr = (0o100000 | bits) << 16
            z.writestr(info, content, zipfile.ZIP_DEFLATED, LEVEL)


def write_tar(archive, members):
    with open(archive, "wb") as f, gzip.GzipFile("", "wb", LEVEL, f, EPOCH) as z, tarfile.open(fileobj=z, mode="w|") as t:
        for name, path, bits in members:
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = path.stat().st_size, bits, EPOCH
            with open(path, "rb") as content:
                t.addfile(info, content)


def archive(target, folder):
    folder = pathlib.Path(folder)
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    name = lambda p: f"{folder.name}/{p.relative_to(folder).as_posix()}"
    if target.endswith(".zip"):
        write_zip(target, [(name(p), p.read_bytes(), mode(p)) for p in files])
    else:
        write_tar(target, [(name(p), p, mode(p)) for p in files])


def checksums(folder):
    files = sorted(p for p in pathlib.Path(folder).iterdir() if p.is_file() and p.name != "checksums.txt")
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n" for p in files]
    pathlib.Path(folder, "checksums.txt").write_text("".join(lines), encoding="utf-8", newline="\n")


def wheel(folder, version, platform, *programs):
    version = version.replace("-rc", "rc")
    release = f"usagereport-{version}"
    readme = pathlib.Path("README.md").read_text(encoding="utf-8")
    metadata = (f"Metadata-Version: 2.1\nName: usagereport\nVersion: {version}\nSummary: Reports on costs from a cloud's usage files\n"
                f"License: Apache-2.0\nDescription-Content-Type: text/markdown\n\n{readme}")
    made = f"Wheel-Version: 1.0\nGenerator: usagereport\nRoot-Is-Purelib: false\nTag: py3-none-{platform}\n"
    members = [(f"{release}.data/scripts/{p.name}", p.read_bytes(), 0o755) for p in map(pathlib.Path, programs)]
    members += [(f"{release}.dist-info/{n}", c, 0o644) for n, c in (
        ("METADATA", metadata.encode()), ("WHEEL", made.encode()),
        ("licenses/LICENSE", pathlib.Path("LICENSE").read_bytes()),
        ("licenses/THIRD_PARTY_NOTICES.md", pathlib.Path("THIRD_PARTY_NOTICES.md").read_bytes()))]
    sums = [f"{n},sha256={base64.urlsafe_b64encode(hashlib.sha256(c).digest()).rstrip(b'=').decode()},{len(c)}" for n, c, _ in members]
    record = f"{release}.dist-info/RECORD"
    members.append((record, "\n".join([*sums, f"{record},,", ""]).encode(), 0o644))
    write_zip(pathlib.Path(folder, f"{release}-py3-none-{platform}.whl"), members)


if __name__ == "__main__":
    {"archive": archive, "checksums": checksums, "wheel": wheel}[sys.argv[1]](*sys.argv[2:])
