#!/usr/bin/env python3
"""Writes gazetteer.tsv from the npm package idn-area-data (unpacked with `npm pack idn-area-data` and tar).

    ./build.py FOLDER/package

Lines are "code<TAB>name", sorted by code, so that everything below a place follows it directly. Kinds of place
(Kabupaten, Kota, Kecamatan) are left out of the names: the code tells them (a Kota has a second part from 71 on).
aliases.tsv, landmarks.tsv, centroids.tsv and words.tsv are written by hand and only checked here: every code and name must exist.
"""
import csv
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
CODE = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?")
KEEP_CAPITALS = {"DKI": "DKI", "DI": "DI", "ADM.": "Adm."}


def rows(package, name):
    with open(package / "data" / name, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def capitalised(name):
    """"KOTA BATU" -> "Kota Batu"; names that are already mixed stay as they are."""
    if name != name.upper():
        return name
    words = []
    for word in name.split():
        words.append(KEEP_CAPITALS.get(word) or "-".join(part.capitalize() for part in word.split("-")))
    return " ".join(words)


def clean(name):
    """All apostrophes become plain ones (some rows have a quotation mark: Soka"an)."""
    name = name.replace('"', "'").replace("\u2019", "'").replace("\u2018", "'").replace("`", "'").replace("\u00b4", "'")
    return re.sub(r"\s+", " ", name).strip()


def places(package):
    for row in rows(package, "provinces.csv"):
        yield row["code"], capitalised(clean(row["name"]))
    for row in rows(package, "regencies.csv"):
        name = re.sub(r"^(KABUPATEN|KOTA)( ADM\.?| ADMINISTRASI)? ", "", clean(row["name"]))
        yield row["code"], capitalised(name)
    for file in ("districts.csv", "villages.csv"):
        for row in rows(package, file):
            yield row["code"], clean(row["name"])


def check_codes(file, column, known):
    for number, line in enumerate((HERE / file).read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#") and line.split("\t")[column] not in known:
            sys.exit(f"{file}:{number}: no known code in: {line}")


def check_names(found):
    """Every word of words.tsv is the name of a place, or another name of one."""
    names = {name.lower() for _, name in found}
    names |= {line.split("\t")[0].lower() for line in (HERE / "aliases.tsv").read_text(encoding="utf-8").splitlines()}
    for line in (HERE / "words.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#") and line.split("\t")[0] not in names:
            sys.exit(f"words.tsv: no place is called {line}")


def main():
    package = pathlib.Path(sys.argv[1])
    found = sorted(places(package))
    known = {code for code, _ in found}
    for code, name in found:
        if not CODE.fullmatch(code) or not name or "\t" in name:
            sys.exit(f"{code}: malformed: {name!r}")
        if len(code) > 2 and code[: code.rindex(".")] not in known:
            sys.exit(f"{code}: nothing above it")
    if len(known) != len(found):
        sys.exit("a code stands twice")
    text = "".join(f"{code}\t{name}\n" for code, name in found)
    (HERE / "gazetteer.tsv").write_text(text, encoding="utf-8")
    check_codes("aliases.tsv", 1, known)
    check_codes("landmarks.tsv", 1, known)
    check_codes("centroids.tsv", 0, known)
    check_names(found)
    longest = max(found, key=lambda place: len(place[1].encode()))
    print(f"{len(found)} places, {len(text.encode())} bytes, longest name {longest[1]!r}")


if __name__ == "__main__":
    main()
