"""Makes the stores of an ended site hold many cases: every row of a small run again and again, each time with other ids, as if
it had happened earlier. Random keys get other values, what is sealed stays as it is: nobody opens it."""

import contextlib
import hashlib
import sqlite3

# What is no matter of cases: the journal and the places in it, configuration, runs of the hash index (made anew at the start). And
# no timers: those of copies would all fall due in the minutes of the measure.
KEPT = {"meta", "migration", "journal", "cursor", "consumer", "waiting", "parked", "audit", "timer", "hash_run", "hash_row", "sweep", "token", "policy",
        "watermark", "answered", "account", "session"}
HASHED = {"key", "marks"}  # keyed hashes: of a ticket, of the words of a text
ID_BYTES = 16


def time_of(value):
    return int.from_bytes(value[:6], "big")


class Span:
    """The time of the run; copy k lies k times so long before."""

    def __init__(self, first, last):
        self.first, self.last = first, last

    def shifted(self, value, k):
        at = time_of(value)
        if len(value) == ID_BYTES and self.first <= at <= self.last:
            return (at - k * (self.last - self.first + 1)).to_bytes(6, "big") + value[6:]
        return value


def other(value, k):
    return hashlib.blake2b(value, key=k.to_bytes(4, "big"), digest_size=min(len(value), 64)).digest().ljust(len(value), b"\0")


def span_of(data):
    """Cases are numbered by time in all stores; some slack for reports that came before them and offers after."""
    with contextlib.closing(sqlite3.connect(data / "triage" / "store.db")) as db:
        first, last = db.execute("SELECT min(case_id), max(case_id) FROM open_case").fetchone()
    return Span(time_of(first) - 10_000, time_of(last) + 60_000)


def tables_of(db):
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite%'").fetchall():
        if name not in KEPT:
            yield name, db.execute(f'PRAGMA table_info("{name}")').fetchall()


def expression(column, rows, alone, found_by_hash):
    """Numbers given by the store: what the hash index points at is read again at the start if it is newer than its runs; the
    others belong to what has been settled long ago."""
    _, name, kind, _, _, key = column
    if kind == "INTEGER" and key and alone:
        return f'"{name}" {"+" if found_by_hash else "-"} k * {rows}'
    if kind != "BLOB":
        return f'"{name}"'
    return f'other("{name}", k)' if name in HASHED else f'shifted("{name}", k)'


def swell_store(path, span, times):
    db = sqlite3.connect(path, isolation_level=None)
    db.create_function("shifted", 2, lambda value, k: span.shifted(value, k) if isinstance(value, bytes) else value, deterministic=True)
    db.create_function("other", 2, lambda value, k: other(value, k) if isinstance(value, bytes) else value, deterministic=True)
    db.execute("PRAGMA synchronous=OFF")
    for name, columns in tables_of(db):
        rows = db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        alone = sum(1 for column in columns if column[5]) == 1
        db.execute(f'CREATE TEMP TABLE base AS SELECT * FROM "{name}"')
        found_by_hash = any(column[1] in HASHED for column in columns)
        chosen = ", ".join(expression(column, rows + 1000, alone, found_by_hash) for column in columns)
        names = ", ".join(f'"{column[1]}"' for column in columns)
        db.execute("BEGIN")
        db.execute(f'WITH RECURSIVE copy(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copy WHERE k < {times}) '
                   f'INSERT OR IGNORE INTO "{name}"({names}) SELECT {chosen} FROM copy, base')
        db.execute("COMMIT")
        db.execute("DROP TABLE base")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def swell(data, daemons, cases):
    """data: of a site that has ended. Returns how many cases triage holds then."""
    span = span_of(data)
    with contextlib.closing(sqlite3.connect(data / "triage" / "store.db")) as db:
        there = db.execute("SELECT count(*) FROM open_case").fetchone()[0]
    times = max(1, cases // max(1, there))
    for name in daemons:
        swell_store(data / name / "store.db", span, times)
    with contextlib.closing(sqlite3.connect(data / "triage" / "store.db")) as db:
        return db.execute("SELECT count(*) FROM open_case").fetchone()[0]
