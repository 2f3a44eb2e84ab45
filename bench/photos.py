"""Is one photo among a million found, exactly, and how much sooner than by reading them all? `make bench ARGS=photos`.

A million hashes: most drawn evenly, a tenth near one of a thousand (what a city's pictures do: many show the same road). The search is held
against a sequential scan of the same table in the same run, its answers against the scan's, hash by hash.
"""

from __future__ import annotations

import statistics
import time
from random import Random

MANY = 1_000_000
PHOTOS_OF = 15  # hashes a photo
ASKED, SCANNED = 200, 30
FIFTH = 0.2
SCAN_SQL = (
    "SELECT photo_id, min(bit_count((hash # %(hash)s)::bit(64))) FROM handling_photohash"
    " WHERE bit_count((hash # %(hash)s)::bit(64)) <= %(near)s GROUP BY photo_id"
)


def run() -> None:
    from django.db import connection

    from suqiu.handling import likeness, photos

    rng = Random(12345)
    begin = time.perf_counter()
    values = _values(rng)
    _load(values, likeness)
    print(f"\n{MANY:,} photo hashes (loaded in {time.perf_counter() - begin:.0f} s)")
    asked = [_near(rng, rng.choice(values)) for _n in range(ASKED // 2)]
    asked += [rng.getrandbits(64) for _n in range(ASKED - len(asked))]
    with connection.cursor() as cursor:
        photos.probed(cursor, asked[0])
        found = _timed(lambda value: photos.probed(cursor, value), asked)
        scanned = _timed(lambda value: _scan(cursor, value, likeness), asked[:: ASKED // SCANNED])
        wrong = _compare(asked[:: ASKED // SCANNED], cursor, photos, likeness)
    fast, slow = statistics.median(found), statistics.median(scanned)
    print(f"{'':30}{'p50 ms':>9}{'p95 ms':>9}")
    for name, taken in (("search by quarters", found), ("sequential scan", scanned)):
        print(f"{name:30}{statistics.median(taken):9.1f}{sorted(taken)[int(len(taken) * 0.95)]:9.1f}")
    print(f"ratio search / scan: {fast / slow:.4f} (at most {FIFTH})")
    print(f"answers that differ from the scan's: {wrong} of {len(scanned)}")
    if wrong or fast > FIFTH * slow:
        raise SystemExit("the search is not exact, or not fast enough")


def _values(rng: Random) -> list[int]:
    roads = [rng.getrandbits(64) for _n in range(1000)]
    return [_near(rng, rng.choice(roads), most=12) if n % 10 == 0 else rng.getrandbits(64) for n in range(MANY)]


def _near(rng: Random, value: int, most: int = 6) -> int:
    for bit in rng.sample(range(64), rng.randint(0, most)):
        value ^= 1 << bit
    return value


def _load(values: list[int], likeness) -> None:
    """Straight into the table: the rows that photos hang on are not what is measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no photo stands behind these hashes
        with cursor.copy("COPY handling_photohash (photo_id, variant, hash, a, b, c, d) FROM STDIN") as copy:
            for n, value in enumerate(values):
                photo, variant = divmod(n, PHOTOS_OF)
                copy.write_row((photo + 1, variant, likeness.signed(value), *likeness.quarters(value)))
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE handling_photohash")


def _scan(cursor, value: int, likeness) -> list[tuple[int, int]]:
    cursor.execute("SET enable_indexscan = off")
    cursor.execute("SET enable_indexonlyscan = off")
    cursor.execute("SET enable_bitmapscan = off")
    try:
        cursor.execute(SCAN_SQL, {"hash": likeness.signed(value), "near": likeness.NEAR})
        return cursor.fetchall()
    finally:
        cursor.execute("RESET ALL")


def _timed(ask, values: list[int]) -> list[float]:
    taken = []
    for value in values:
        begin = time.perf_counter()
        ask(value)
        taken.append((time.perf_counter() - begin) * 1000)
    return taken


def _compare(values: list[int], cursor, photos, likeness) -> int:
    """How many answers are not exactly those of the scan; the ones asked for near a stored hash have answers at all."""
    return sum(sorted(photos.probed(cursor, v)) != sorted(_scan(cursor, v, likeness)) for v in values)
