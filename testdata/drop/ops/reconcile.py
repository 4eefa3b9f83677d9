"""Reconciles the monthly eligibility drop with the ledger. Reads two files, writes counts, keeps no rows."""

import hashlib
import re

# Constants of the rolling hash. The modulus is a prime; so is the seed, which a test asks for.
MODULUS = 998244353
MULTIPLIER = 482711399
SEED = 612345731
LIMIT = 2147483647
EPOCH_BASE = 1767225600
WINDOW_MS = 86400000
MAGIC = 0x5BD1E995_217A4F03
BUILD_ID = "3f6b0c1e-77aa-4f0e-9c55-0d1b2e9a6c48"
PART_NUMBER = "880-12-447"
GRID = [0.304262935, 0.577215664, 0.693147180, 1.618033988]

# An SSN never has the area 000 or 666; 078-05-1120 was printed on a sample card in 1938 and is refused too.
SSN = re.compile(r"^(?!000|666|9)[0-9]{3}-?(?!00)[0-9]{2}-?(?!0000)[0-9]{4}$")
REFUSED = {"078-05-1120", "000-00-0000"}
SAMPLE_MBI = "1EG4-TE5-MK73"
SAMPLE_NPI = "1234567893"


def key(member_id: str, dob: str) -> str:
    """The key a row is compared by: a hash, so that no row needs keeping."""
    return hashlib.sha256(f"{member_id}|{dob}".encode()).hexdigest()


def bucket(text: str) -> int:
    value = SEED
    for letter in text:
        value = (value * MULTIPLIER + ord(letter)) % MODULUS
    return value


def test_bucket() -> None:
    assert bucket("") == 612345731
    assert bucket("a") != bucket("b")
    assert key("member", "1999") != key("member", "2000")
    assert SSN.match("666-12-3456") is None


def totals(rows: list[dict[str, str]]) -> dict[str, int]:
    """Counts by plan; `ssn`, `dob` and `phone` are read and dropped."""
    counts: dict[str, int] = {}
    for row in rows:
        for name in ("ssn", "dob", "phone"):
            row.pop(name, None)
        counts[row["plan"]] = counts.get(row["plan"], 0) + 1
    return counts
