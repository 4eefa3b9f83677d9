#!/usr/bin/env python3
"""Writes drop/, truth.jsonl and people.jsonl, the same bytes each time: `python3 testdata/make.py`.

Every person, company and number in the drop is invented here. Each file is made from a random stream of its own, seeded
by the file's name, so that a change to one file leaves the others as they are. The truth is counted while the
values are written, never by looking for them afterwards. Standard library only.
"""

import datetime
import json
import pathlib
import random
import shutil

HERE = pathlib.Path(__file__).resolve().parent
DROP = HERE / "drop"

# ---------------------------------------------------------------------------------------------------------------
# What people are made of.

WOMEN = """Abigail Adriana Amelia Beatriz Bernice Carmen Cecilia Claudia Colleen Daniela Darlene Delia Edith Elena Estelle
Fatima Frances Gloria Harriet Ingrid Irene Jasmine Joanna Josephine Keiko Latoya Leona Lorraine Lucinda Marisol
Maureen Miriam Nadine Noemi Olivia Paulette Priya Rosalind Samantha Shirley Sylvia Tamika Theresa Valerie Vivian Yolanda""".split()
MEN = """Aaron Alberto Alvin Andre Arturo Bernard Calvin Cedric Clarence Curtis Darnell Desmond Dominic Earl Edgar Ernesto
Felix Floyd Gerald Gilbert Harold Hector Irving Javier Jerome Joaquin Julian Kenneth Lamar Leonard Luis Malcolm Marvin
Mitchell Nathaniel Omar Otis Percy Rafael Raymond Reginald Roland Rudolph Salvador Stanley Terrence Vernon Wallace""".split()
SURNAMES = """Abernathy Acosta Albright Alvarez Andersen Bagley Barajas Barrientos Beaulieu Bergstrom Blankenship Bouchard
Brewster Bustamante Caldwell Carrillo Castellano Cervantes Chambliss Chaudhry Colbert Covington Crenshaw Cuellar Dalton
Davenport Delgado Dinh Doherty Duarte Eastman Eldridge Escobar Espinoza Fairchild Fitzgerald Fontenot Galindo Garrison
Gianelli Goldstein Granger Gutierrez Haggerty Halvorsen Hathaway Henriquez Hightower Hinojosa Holloway Ibarra Jablonski
Jankowski Kaminski Kavanaugh Kessler Kirkpatrick Kowalczyk Lachance Lambert Lindqvist Lockhart Lombardi Maldonado Marchetti
McAllister McDermott Melendez Mendenhall Montague Moriarty Nakamura Navarro Nguyen Nordstrom O'Donnell O'Keefe Ochoa
Okafor Orozco Osborne Pacheco Palmieri Patel Pennington Peralta Pettigrew Pickering Quinones Radcliffe Ramaswamy Redmond
Renteria Rockwell Rosales Rutherford Saldana Sandoval Schaefer Sheffield Sorensen Stanfield Sutherland Takahashi
Thibodeaux Tidwell Trujillo Underhill Valdez Vandenberg Villanueva Wainwright Weatherford Whitaker Winchester Wojcik
Yamamoto Yarbrough Zamora Zimmerman""".split()
STREETS = """Alder Ashgrove Beechnut Birchwood Bramble Briarcliff Cardinal Chestnut Cobblestone Coldwater Cypress Dogwood
Elderberry Fairview Fernhill Foxglove Glenhaven Harvest Hawthorne Hickory Juniper Kestrel Lakeview Larkspur Laurel
Magnolia Meadowbrook Millstone Mulberry Orchard Partridge Pinecrest Quarry Ridgeway Rosewood Sandpiper Silverleaf Spruce
Stonebridge Sycamore Thornbury Walnut Wildflower Willow""".split()
SUFFIXES = "St Ave Rd Ln Dr Ct Blvd Way Pl Ter".split()
# State, city, the first three digits of its ZIP codes, its area code.
CITIES = [
    ("NY", "Albany", "122", "518"), ("NY", "Rochester", "146", "585"), ("PA", "Erie", "165", "814"),
    ("PA", "Scranton", "185", "570"), ("OH", "Toledo", "436", "419"), ("OH", "Dayton", "454", "937"),
    ("MI", "Lansing", "489", "517"), ("IN", "Evansville", "477", "812"), ("IL", "Peoria", "616", "309"),
    ("WI", "Madison", "537", "608"), ("MN", "Duluth", "558", "218"), ("IA", "Des Moines", "503", "515"),
    ("MO", "Springfield", "658", "417"), ("KS", "Wichita", "672", "316"), ("TX", "Lubbock", "794", "806"),
    ("TX", "El Paso", "799", "915"), ("AZ", "Tucson", "857", "520"), ("CO", "Pueblo", "810", "719"),
    ("WA", "Spokane", "992", "509"), ("OR", "Eugene", "974", "541"), ("CA", "Fresno", "937", "559"),
    ("CA", "Stockton", "952", "209"), ("GA", "Savannah", "314", "912"), ("FL", "Ocala", "344", "352"),
    ("NC", "Durham", "277", "919"), ("VA", "Roanoke", "240", "540"), ("TN", "Chattanooga", "374", "423"),
    ("ME", "Bangor", "044", "207"),
]
DOMAINS = ["quillmarrow.net", "ostrelvane.com", "brindlepost.net", "tamberwick.org", "mailfernlow.com", "harrowgatemail.net"]
MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
LONG_MONTHS = ("January February March April May June July August September October November December").split()

# Published samples and numbers from old advertisements: a value that is drawn and stands here is drawn again.
PUBLISHED_SSN = set("""078051120 219099999 457555462 002281852 042103580 062360749 095073645 128036045 135016629 141186941
165167999 165187999 165207999 165227999 165247999 189092294 212097694 212099999 306302348 308125070 468288779 549241889
001010001 123456789 111223333 222334444 333445555 444556666 555667777 123121234 489368350 536904399""".split())
PUBLISHED_NPI = {"1234567893", "1245319599", "1003000126", "1679576722", "2123456784"}
MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"


class Source:
    """Draws invented values; none twice where a person's number must be his or her own."""

    def __init__(self, name):
        self.random = random.Random("phisweep " + name)
        self.used = set()

    def once(self, draw):
        while True:
            value = draw()
            if value not in self.used:
                self.used.add(value)
                return value

    def digits(self, n):
        return "".join(self.random.choice("0123456789") for _ in range(n))

    def date(self, first, last):
        a, b = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
        return a + datetime.timedelta(days=self.random.randrange((b - a).days + 1))

    def birth(self, first="1930-01-02", last="2021-12-30"):
        while True:
            date = self.date(first, last)
            # Days that programs write when they know none.
            if (date.month, date.day) != (1, 1) and date != datetime.date(1970, 1, 1):
                return date

    def ssn(self):
        def draw():
            area = self.random.choice([a for a in range(1, 900) if a != 666])
            number = f"{area:03}{self.random.randrange(1, 100):02}{self.random.randrange(1, 10000):04}"
            return number if number not in PUBLISHED_SSN and len(set(number)) > 3 else draw()
        return self.once(draw)

    def itin(self):
        groups = [*range(50, 66), *range(70, 89), 90, 91, 92, *range(94, 100)]
        return self.once(lambda: f"9{self.digits(2)}-{self.random.choice(groups)}-{self.random.randrange(1, 10000):04}")

    def mbi(self):
        letter = lambda: self.random.choice(MBI_LETTERS)
        either = lambda: self.random.choice(MBI_LETTERS + "0123456789")
        digit = lambda: self.random.choice("0123456789")
        return self.once(lambda: self.random.choice("123456789") + letter() + either() + digit() + letter() + either()
                         + digit() + letter() + letter() + digit() + digit())

    def hicn(self):
        return self.ssn() + self.random.choice(["A", "A", "A", "A", "B", "B1", "C1", "C2", "D", "D1", "W", "M"])

    def npi(self):
        def draw():
            body = self.random.choice("1111112") + self.digits(8)
            total = 24
            for i, c in enumerate(reversed(body)):
                d = int(c) * (2 if i % 2 == 0 else 1)
                total += d - 9 if d > 9 else d
            number = body + str(-total % 10)
            return number if number not in PUBLISHED_NPI else draw()
        return self.once(draw)

    def phone(self, area, form=None):
        """Exchanges 958 and 959 are the telephone companies' own: nobody answers there."""
        form = form or self.random.choice(["({}) {}-{}", "{}-{}-{}", "{}.{}.{}"])
        def draw():
            line = self.digits(4)
            return (area, self.random.choice(["958", "959"]), line) if len(set(line)) > 1 else draw()
        return form.format(*self.once(draw))

    def person(self, first="1930-01-02", last="2021-12-30"):
        woman = self.random.random() < 0.5
        given, surname = self.once(lambda: (self.random.choice(WOMEN if woman else MEN), self.random.choice(SURNAMES)))
        state, city, zip3, area = self.random.choice(CITIES)
        street = f"{self.random.randrange(102, 9890)} {self.random.choice(STREETS)} {self.random.choice(SUFFIXES)}"
        if self.random.random() < 0.2:
            street += f" Apt {self.random.randrange(1, 40)}{self.random.choice('ABCD')}"
        user = f"{given}.{surname}".lower().replace("'", "")
        return {
            "given": given, "surname": surname, "sex": "F" if woman else "M", "birth": self.birth(first, last),
            "ssn": self.ssn(), "phone": self.phone(area), "street": street, "city": city, "state": state, "area": area,
            "zip": zip3 + f"{self.random.randrange(1, 99):02}", "email": f"{user}{self.random.randrange(3, 99)}@{self.random.choice(DOMAINS)}",
        }

    def people(self, n, **years):
        return [self.person(**years) for _ in range(n)]


def dashed(ssn):
    return f"{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}"


def oracle(date):
    return f"{date.day:02}-{MONTHS[date.month - 1]}-{date.year}"


def american(date):
    return f"{date.month}/{date.day}/{date.year}"


def american0(date):
    return f"{date.month:02}/{date.day:02}/{date.year}"


def money(source, low, high):
    return f"{source.random.randrange(low * 100, high * 100) / 100:.2f}"


# ---------------------------------------------------------------------------------------------------------------
# Writing files and keeping the truth about them.

TRUTH, PEOPLE = [], []


def write(path, text, bom=False):
    target = DROP / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes((b"\xef\xbb\xbf" if bom else b"") + text.encode("utf-8"))


def truth(path, place, identifier, values, subject="patient", protection="plaintext", **more):
    """One place. `values` are those present, or None where a number of matches is not defined (names in prose)."""
    line = {"file": path, "place": place, "identifier": identifier, "subject": subject, "protection": protection}
    if values is not None:
        plain = [v for v in values if v.strip()]
        line["matches"] = len(plain)
        line["distinct"] = len({"".join(c for c in v.lower() if c.isalnum()) for v in plain})
    TRUTH.append({**line, **more})


def people(path, n):
    PEOPLE.append({"file": path, "people": n})


def table(path, columns, rows, separator=",", header=True, quoted=False, bom=False, end="\n"):
    """A delimited file. `columns` are (name, fact), where fact is None, (identifier, subject), (identifier, subject,
    protection), or the same with a dict of more fields of truth at its end."""
    def cell(value):
        if quoted and (separator in value or '"' in value or "\n" in value):
            return '"' + value.replace('"', '""') + '"'
        assert separator not in value or not quoted
        return value
    lines = [separator.join(name for name, _ in columns)] if header else []
    lines += [separator.join(cell(value) for value in row) for row in rows]
    write(path, end.join(lines) + end, bom)
    for index, (name, fact) in enumerate(columns):
        if fact is not None:
            more = fact[-1] if isinstance(fact[-1], dict) else {}
            fact = [part for part in fact if not isinstance(part, dict)]
            place = f"column:{name}" if header else f"column:{index + 1}"
            values = [row[index] for row in rows if index < len(row)]
            truth(path, place, fact[0], values, fact[1], fact[2] if len(fact) > 2 else "plaintext", **more)


OPTIONAL = {"optional": True}

# ---------------------------------------------------------------------------------------------------------------
# The drop.


def members():
    """A roster as none should lie about: everything in plain columns. Three people stand twice, five pairs are twins."""
    path = "eligibility/members_202610.csv"
    s = Source(path)
    everyone = s.people(112)
    for elder in s.random.sample(everyone, 5):
        twin = dict(elder, given=s.random.choice(WOMEN + MEN), ssn=s.ssn())
        while twin["given"] == elder["given"]:
            twin["given"] = s.random.choice(WOMEN + MEN)
        everyone.append(twin)
    for p in everyone:
        p["member"] = s.once(lambda: "QKT" + s.random.choice("12345678") + s.digits(8))
    rows = everyone + s.random.sample(everyone[:100], 3)
    s.random.shuffle(rows)
    out = []
    for n, p in enumerate(rows):
        out.append([
            p["member"], p["given"], p["surname"], p["birth"].isoformat(), p["sex"],
            "" if n in (17, 58, 91) else dashed(p["ssn"]), p["phone"], "" if n % 13 == 4 else p["email"],
            p["street"], p["city"], p["state"], p["zip"], s.random.choice(["PPO-2500", "HMO-1000", "HDHP-5000"]),
            s.random.choice(["2025-01-01", "2026-01-01", "2026-07-01"]),
        ])
    table(path, [
        ("member_id", ("member-id", "patient")), ("first_name", ("name", "patient")), ("last_name", ("name", "patient")),
        ("dob", ("birth-date", "patient")), ("sex", None), ("ssn", ("ssn", "patient")), ("phone", ("phone", "patient")),
        ("email", ("email", "patient")), ("address", ("address", "patient")), ("city", ("address", "patient", OPTIONAL)),
        ("state", None), ("zip", ("zip", "patient")), ("plan_code", None), ("effective_date", None),
    ], out)
    people(path, len(everyone))


def pipe_extract():
    """A mainframe's pipe file: short header words, bare digits, and an inch mark that is no quote."""
    path = "eligibility/mbr_extract_20261001.txt"
    s = Source(path)
    out = []
    for n, p in enumerate(s.people(90, first="1934-01-02", last="2004-12-30")):
        inches = s.random.randrange(58, 77)
        height = f"{inches // 12}'{inches % 12}\""
        zip9 = p["zip"] + "-" + f"{s.random.randrange(1000, 9999)}"
        out.append([
            f"{n + 1:06}", p["ssn"], f"{p['surname']}, {p['given']}".upper(), oracle(p["birth"]), height,
            f"GX{s.random.choice(['40117', '40233', '51809', '60442'])}", p["street"].upper(), p["city"].upper(), p["state"],
            zip9, s.phone(p["area"], "{}{}{}"), s.date("2026-09-24", "2026-09-30").isoformat(),
        ])
    table(path, [
        ("SEQ_NBR", None), ("MBR_SSN", ("ssn", "patient")), ("PT_NM", ("name", "patient")),
        ("BRTH_DT", ("birth-date", "patient")), ("HGT", None), ("GRP_NBR", ("group-number", "patient")),
        ("ADDR_LN_1", ("address", "patient")), ("CTY", ("address", "patient", OPTIONAL)), ("ST_CD", None),
        ("ZIP_CD", ("zip", "patient")), ("HM_PHN", ("phone", "patient")), ("LOAD_DT", None),
    ], out, separator="|", end="\r\n")
    people(path, 90)


def bom_roster():
    """The column that matters stands right behind a byte order mark."""
    path = "eligibility/dependents_utf8.csv"
    s = Source(path)
    out = []
    for p in s.people(45, first="2004-01-02", last="2021-12-30"):
        name = f"{p['given']} {p['surname']}"
        if s.random.random() < 0.12:
            name = name.replace("Elena", "Elène").replace("Beatriz", "Béatriz")
        out.append([dashed(p["ssn"]), name, american0(p["birth"]), s.random.choice(["CHILD", "CHILD", "STEPCHILD", "WARD"]), "Y"])
    out[7][1], out[21][1] = "Zoë Peralta", "Íñigo Sandoval"
    table(path, [
        ("dependent_ssn", ("ssn", "patient")), ("dependent_name", ("name", "patient")), ("birth_date", ("birth-date", "patient")),
        ("relationship", None), ("active", None),
    ], out, bom=True)
    people(path, 45)


def semicolons():
    """A state's file, semicolons as a European spreadsheet writes them, decimal commas among its cells."""
    path = "eligibility/medicaid_2026.csv"
    s = Source(path)
    out = []
    for n, p in enumerate(s.people(70, first="1950-01-02", last="2020-12-30")):
        cin = s.once(lambda: s.random.choice("ABCDEFGHJKMNPRTVWXY") + s.random.choice("BCDFGHJKMNPQRTVWXYZ") + s.digits(5)
                     + s.random.choice("ABCDEFGHJKMNPRTVWXYZ"))
        out.append([
            cin, p["surname"], p["given"], p["birth"].strftime("%Y%m%d"), "" if n % 3 else s.itin(),
            s.random.choice(["G-70012", "G-70013", "G-71140"]), p["zip"], money(s, 0, 900).replace(".", ","),
            s.date("2026-01-01", "2026-06-30").strftime("%Y%m%d"),
        ])
    table(path, [
        ("medicaid_id", ("medicaid-id", "patient")), ("last_name", ("name", "patient")), ("first_name", ("name", "patient")),
        ("birth_dt", ("birth-date", "patient")), ("itin", ("itin", "patient")), ("group_no", ("group-number", "patient")),
        ("zip_code", ("zip", "patient")), ("spend_down", None), ("elig_begin_dt", None),
    ], out, separator=";")
    people(path, 70)


def claims():
    """Claim lines: the member's birth among service dates, and two columns of providers' numbers."""
    path = "claims/claims_2026q3.tsv"
    s = Source(path)
    patients = [(s.mbi(), s.birth("1931-01-02", "1961-06-30")) for _ in range(110)]
    renderers, billers = [s.npi() for _ in range(24)], [s.npi() for _ in range(6)]
    codes = ["E11.9", "I10", "M54.50", "J44.1", "N18.31", "E78.5", "F32.A", "K21.9", "R07.9", "Z79.4", "I48.91", "G47.33"]
    out = []
    for n in range(400):
        mbi, birth = patients[n] if n < 110 else s.random.choice(patients)
        begin = s.date("2026-07-01", "2026-09-24")
        billed = s.random.randrange(4200, 198000)
        out.append([
            f"CLM26Q3{s.digits(7)}", mbi, american0(birth), begin.isoformat(),
            (begin + datetime.timedelta(days=s.random.choice([0, 0, 0, 1, 3]))).isoformat(),
            s.random.choice(codes), s.random.choice(codes + [""] * 6), s.random.choice(["99213", "99214", "93000", "80053", "36415", "71046"]),
            str(s.random.choice([1, 1, 1, 2])), f"{billed / 100:.2f}", f"{billed * s.random.uniform(0.2, 0.8) / 100:.2f}",
            s.random.choice(renderers), s.random.choice(billers), s.date("2026-09-25", "2026-09-30").isoformat(),
        ])
    s.random.shuffle(out)
    table(path, [
        ("claim_id", None), ("mbi", ("mbi", "patient")), ("bene_dob", ("birth-date", "patient")), ("dos_from", None), ("dos_thru", None),
        ("dx1", None), ("dx2", None), ("proc_cd", None), ("units", None), ("billed_amt", None), ("paid_amt", None),
        ("rendering_npi", ("npi", "provider")), ("billing_npi", ("npi", "provider")), ("paid_date", None),
    ], out, separator="\t")
    people(path, 110)


def crosswalk():
    """Two columns, and each alone names a person."""
    path = "claims/mbi_xref.csv"
    s = Source(path)
    table(path, [("hicn", ("hicn", "patient")), ("mbi", ("mbi", "patient"))], [[s.hicn(), s.mbi()] for _ in range(60)])
    people(path, 60)


def headerless_extract():
    """No header: nine bare digits that are Social Security numbers, told only by all of them being possible ones."""
    path = "legacy/EXTR0417.dat"
    s = Source(path)
    everyone = s.people(246, first="1932-01-02", last="2001-12-30")
    rows = everyone + s.random.sample(everyone, 4)
    s.random.shuffle(rows)
    out = [[
        "D", s.random.choice(["0114", "0220", "0307", "0551"]), p["ssn"], p["surname"].upper(), p["given"].upper(), american(p["birth"]),
        american(s.date("2026-03-02", "2026-04-16")), money(s, 12, 640),
    ] for p in rows]
    table(path, [
        ("type", None), ("branch", None), ("ssn", ("ssn", "patient")), ("last", ("name", "patient")), ("first", ("name", "patient")),
        ("birth", ("birth-date", "patient")), ("posted", None), ("amount", None),
    ], out, header=False)
    people(path, 246)


def headerless_invoices():
    """No header either: nine bare digits that are invoice numbers, one in nine of them impossible as anything else."""
    path = "legacy/INVH0926.dat"
    s = Source(path)
    out = [[
        s.once(lambda: s.digits(9)), s.date("2026-06-01", "2026-09-26").isoformat(), s.random.choice(["C100", "C104", "C117", "C230", "C231"]),
        money(s, 20, 9800), money(s, 0, 400), s.random.choice(["NET30", "NET45", "COD"]), str(s.random.randrange(1, 40)),
    ] for _ in range(300)]
    table(path, [(name, None) for name in "invoice date customer amount tax terms lines".split()], out, header=False)
    people(path, 0)


def shipments():
    """Numbers of every length that are nobody's: invoices, orders, tracking, stock keeping, seconds since 1970."""
    path = "billing/shipments_2026.csv"
    s = Source(path)
    out = []
    for n in range(220):
        state, _, zip3, _ = s.random.choice(CITIES)
        out.append([
            s.digits(9), f"PO-{s.digits(8)}", str(4000000000 + s.random.randrange(10 ** 9)), "1Z" + s.random.choice("4A7X") + s.digits(15),
            f"{s.digits(3)}-{s.digits(2)}-{s.digits(3)}", str(s.random.randrange(1782000000, 1790000000)), str(s.random.randrange(1, 48)),
            money(s, 15, 4200), f"{s.random.random():.9f}", f"{s.random.uniform(25, 48):.6f}", f"{s.random.uniform(-123, -70):.6f}",
            state, zip3 + f"{s.random.randrange(1, 99):02}", s.date("2026-05-01", "2026-09-20").isoformat(), s.random.choice(["SHIPPED", "DELIVERED", "HELD"]),
        ])
    columns = [(name, None) for name in
               "invoice_no po order_no tracking_no sku packed_epoch cartons freight_amt load_factor lat lon dest_state dest_zip ship_date status".split()]
    columns[12] = ("dest_zip", ("zip", "unknown", OPTIONAL))
    table(path, columns, out)
    people(path, 0)


def log():
    """A service's log with numbers of all kinds in it, and one line that somebody forgot."""
    path = "ops/logs/eligibility-service.log"
    s = Source(path)
    hexes = lambda n: "".join(s.random.choice("0123456789abcdef") for _ in range(n))
    at = datetime.datetime(2026, 9, 28, 4, 0, 7)
    ssn, born = dashed(s.ssn()), s.birth("1948-01-02", "1989-12-30").isoformat()
    lines = []
    for n in range(640):
        at += datetime.timedelta(milliseconds=s.random.randrange(200, 41000))
        head = f"{at.isoformat(timespec='milliseconds')}Z"
        uuid = f"{hexes(8)}-{hexes(4)}-4{hexes(3)}-a{hexes(3)}-{hexes(12)}"
        epoch = int(at.replace(tzinfo=datetime.timezone.utc).timestamp())
        address = f"10.{s.random.randrange(0, 40)}.{s.random.randrange(256)}.{s.random.randrange(1, 255)}"
        line = s.random.choice([
            f"INFO  request id={uuid} peer={address}:{s.random.randrange(1024, 65535)} took={s.random.random():.9f}s status=200",
            f"DEBUG cache key={hexes(32)} age={s.random.randrange(5, 90000)} hits={s.random.randrange(10 ** 5, 10 ** 6)} expires={epoch + 3600}",
            f"INFO  batch seq={s.random.randrange(10 ** 8, 10 ** 9)} rows={s.random.randrange(100, 9000)} bytes={s.random.randrange(10 ** 8, 10 ** 9)} at={epoch}",
            f"WARN  slow query {hexes(16)} {s.random.randrange(1000, 30000)} ms plan={s.random.randrange(10 ** 9, 2 * 10 ** 9)} rows~{s.random.randrange(10 ** 9, 3 * 10 ** 9)}",
            f"INFO  heartbeat node=elig-{s.random.randrange(1, 9):02} load={s.random.random():.2f} mem={s.random.randrange(10 ** 9, 4 * 10 ** 9)} ts={epoch}{s.random.randrange(100, 999)}",
            f"INFO  checksum file=part-{s.random.randrange(1, 60):05} sha256={hexes(64)} size={s.random.randrange(10 ** 6, 10 ** 10)}",
        ])
        if n == 412:
            line = f"ERROR lookup failed: no coverage for ssn={ssn} dob={born} plan=HMO-1000 id={uuid}"
        lines.append(f"{head} {line}")
    write(path, "\n".join(lines) + "\n")
    truth(path, "path", "ssn", [ssn])
    truth(path, "path", "birth-date", [born])


def source():
    """A program, as lies about in every drop: constants, samples from public papers, and no one's data."""
    path = "ops/reconcile.py"
    write(path, '''"""Reconciles the monthly eligibility drop with the ledger. Reads two files, writes counts, keeps no rows."""

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
''')
    for identifier in ("ssn", "mbi", "npi"):
        truth(path, "text", identifier, None, "unknown", **OPTIONAL, test_values=True)
    people(path, 0)


def notes():
    """A ward's notes, about a thousand lines, with one Social Security number somewhere in the prose."""
    path = "clinical/ward_notes_0926.txt"
    s = Source(path)
    doctors = [f"{g[0]}. {n}, MD" for g, n in [("Ingrid", "Halvorsen"), ("Omar", "Chaudhry"), ("Paulette", "Lachance")]]
    complaints = ["shortness of breath on exertion", "two days of abdominal pain", "a fall at home without loss of consciousness",
                  "worsening swelling of both legs", "productive cough and low-grade fever", "dizziness when standing up"]
    histories = ["Past history of hypertension, type 2 diabetes and osteoarthritis.", "Known COPD, former smoker, 30 pack years.",
                 "Chronic kidney disease stage 3, followed by nephrology.", "Heart failure with reduced ejection fraction, on a diuretic."]
    evening = ["Slept well, no complaints overnight.", "Ate half of dinner, drank 600 ml.", "Walked 40 m with a frame and one helper.",
               "Pain 3/10 at rest, 5/10 when moving.", "Dressing changed, wound dry, no redness.", "Family visited, questions answered.",
               "Refused the evening dose, taken at 22:15 after talking it over.", "Catheter kit from lot 44-317-2209 opened, no issue.",
               "Telemetry: sinus rhythm, rare ectopy.", "Blood sugar 142 before breakfast, 188 at noon.", "Physical therapy twice today.",
               "Infusion pump 2 exchanged, order 4410-22."]
    ssn = dashed(s.ssn())
    lines, births, mrns, phones = ["WARD 4 EAST", "Collected notes, week 39 of 2026", ""], [], [], []
    for n, p in enumerate(s.people(18, first="1933-01-02", last="1988-12-30")):
        mrn = s.once(lambda: f"00{s.random.randrange(100000, 999999)}")
        admitted = s.date("2026-09-14", "2026-09-22")
        lines += ["=" * 72, f"Patient: {p['surname']}, {p['given']}", f"MRN: {mrn}    DOB: {american0(p['birth'])}    Sex: {p['sex']}",
                  f"Admitted: {american0(admitted)}    Attending: Dr. {doctors[n % 3]}", "=" * 72, ""]
        births.append(american0(p["birth"]))
        mrns.append(mrn)
        lines += [f"Chief complaint: {s.random.choice(complaints)}.", s.random.choice(histories), "Lives alone in a house with stairs." if n % 2 else
                  "Lives with a spouse, independent before admission."]
        if n % 3 == 0:
            lines.append(f"Home phone: {p['phone']}")
            phones.append(p["phone"])
        if n == 11:
            lines += ["The insurance card was not at hand. Registration took the coverage from the state portal;",
                      f"the patient gave the social security number {ssn} from memory, and it was accepted.", "Copy of the card to follow."]
        for day in range(6):
            date = admitted + datetime.timedelta(days=day)
            bp, pulse = f"{s.random.randrange(104, 168)}/{s.random.randrange(58, 96)}", s.random.randrange(56, 108)
            lines += ["", f"Note of {american0(date)} {s.random.randrange(7, 20):02}:{s.random.randrange(0, 60):02}",
                      f"BP {bp}, pulse {pulse}, temp {s.random.uniform(36.2, 38.4):.1f} C, SpO2 {s.random.randrange(90, 100)}% on room air."]
            lines += s.random.sample(evening, 3)
            lines.append(f"Na {s.random.randrange(131, 146)}, K {s.random.uniform(3.2, 5.1):.1f}, creatinine {s.random.uniform(0.6, 2.4):.2f}, Hgb {s.random.uniform(8.1, 15):.1f}.")
            lines.append("Plan: continue, repeat labs in the morning." if day < 5 else "Plan: discharge tomorrow, follow up in 10-14 days.")
        lines.append("")
    write(path, "\n".join(lines) + "\n")
    truth(path, "text", "ssn", [ssn])
    truth(path, "text", "birth-date", births)
    truth(path, "text", "mrn", mrns)
    truth(path, "text", "phone", phones)
    truth(path, "text", "name", None)


def letter():
    """A letter to one member."""
    path = "clinical/letter_coverage.txt"
    s = Source(path)
    p = s.person(first="1944-01-02", last="1958-12-30")
    while p["sex"] != "M":
        p = s.person(first="1944-01-02", last="1958-12-30")
    member = "QKT4" + s.digits(8)
    born = f"{LONG_MONTHS[p['birth'].month - 1]} {p['birth'].day}, {p['birth'].year}"
    write(path, f"""Brindlewood Health Plan
Member Services

September 21, 2026

{p['given']} {p['surname']}
{p['street']}
{p['city']}, {p['state']} {p['zip']}

RE: Your request for coverage of physical therapy
Member ID: {member}
Date of birth: {born}

Dear Mr. {p['surname']}:

We have looked at the request that your doctor sent us on September 9, 2026. We will cover 12 visits between
October 1, 2026 and December 31, 2026. Your share is $25.00 a visit until you have paid $1,850.00 in the year.

If you think that this is wrong you can ask us to look at it again within 60 days. We tried to reach you at
{p['phone']} on September 17 and did not get through. Please tell us if your number has changed.

Please keep this letter with your papers.

Sincerely,

Member Services
Form BHP-2210 (rev. 03/2025)
""")
    truth(path, "text", "name", None)
    truth(path, "text", "address", None)
    truth(path, "text", "zip", [p["zip"]])
    truth(path, "text", "member-id", [member])
    truth(path, "text", "birth-date", [born])
    truth(path, "text", "phone", [p["phone"]])


def mail():
    """A mail as text: one number has its word before it, the other behind it."""
    path = "support/RE_card_replacement.txt"
    s = Source(path)
    p = s.person(first="1936-01-02", last="1950-12-30")
    hicn, mbi = s.ssn(), s.mbi()
    hicn, mbi = dashed(hicn) + "A", f"{mbi[:4]}-{mbi[4:7]}-{mbi[7:]}"
    write(path, f"""From: {p['given']} {p['surname']} <{p['email']}>
To: card-desk@brindlewoodplan.org
Date: Mon, 14 Sep 2026 10:22:41 -0400
Subject: RE: replacement card for my mother

Hello,

thank you for calling back so fast. You asked what stands on the cards, so here it is.

The old paper card, from before they changed all of them, says HICN {hicn} and has a red and blue
stripe. The plastic one she got in 2019 is gone, but I found the letter that came with it: {mbi} is her
Medicare number now, if I read the letters right.

Can you send the new one to my place instead? The best time to reach me is after 5 at {p['phone']}.

{p['given']}

> On Fri, 11 Sep 2026 at 16:05, Card Desk wrote:
> We can order a new card for you. Please tell us the numbers you have. Ticket 20260911-00418.
""")
    truth(path, "text", "hicn", [hicn])
    truth(path, "text", "mbi", [mbi])
    truth(path, "text", "phone", [p["phone"]])
    truth(path, "text", "name", None)
    truth(path, "text", "email", [p["email"], "card-desk@brindlewoodplan.org"])


def labs():
    """Social Security numbers under a header that says nothing, and record numbers without a check digit."""
    path = "clinical/lab_results.csv"
    s = Source(path)
    patients = [(dashed(s.ssn()), s.once(lambda: s.random.choice("1234567") + s.digits(6))) for _ in range(40)]
    tests = [("4548-4", "Hemoglobin A1c", 4.8, 10.2, "%"), ("2160-0", "Creatinine", 0.5, 2.6, "mg/dL"), ("2345-7", "Glucose", 70, 260, "mg/dL"),
             ("718-7", "Hemoglobin", 8.5, 16.5, "g/dL"), ("2823-3", "Potassium", 3.2, 5.4, "mmol/L")]
    out = []
    for n in range(160):
        ssn, mrn = patients[n] if n < 40 else s.random.choice(patients)
        loinc, name, low, high, unit = s.random.choice(tests)
        out.append([ssn, mrn, loinc, name, f"{s.random.uniform(low, high):.1f}", unit, s.random.choice(["", "", "", "H", "L"]),
                    s.date("2026-08-01", "2026-09-20").isoformat() + f" {s.random.randrange(6, 18):02}:{s.random.randrange(60):02}"])
    s.random.shuffle(out)
    table(path, [
        ("id", ("ssn", "patient")), ("mrn", ("mrn", "patient")), ("loinc", None), ("test", None), ("result", None), ("units", None),
        ("flag", None), ("collected", None),
    ], out)
    people(path, 40)


def tickets():
    """Notes with line breaks inside quotes, and one caller's number in one of them."""
    path = "support/tickets_202609.csv"
    s = Source(path)
    ssn, phones, out = dashed(s.ssn()), [], []
    first = ["Caller asked about the deductible.", "Card not received, address is right.", 'Pharmacy says "not covered", plan says covered.',
             "Wants the summary of benefits by mail.", "Asks when the new plan year begins."]
    second = ["Explained, caller is content.", "Sent to billing, answer within 3 days.", "Opened case 26-0914, waiting.", "No action needed.",
              "Reset the portal access."]
    for n in range(80):
        note = s.random.choice(first)
        if n % 8 == 5:
            phones.append(s.phone(s.random.choice(CITIES)[3], "{}-{}-{}"))
            note += f"\nCall back at {phones[-1]}."
        if n == 47:
            note += f"\nCould not log in, so read out the SSN: {ssn}\n(told not to do that again)"
        if n % 3:
            note += "\n" + s.random.choice(second)
        out.append([f"T-{20260900000 + n * 7}", s.date("2026-09-01", "2026-09-30").isoformat(), s.random.choice(["phone", "mail", "portal"]),
                    s.random.choice(["benefits", "billing", "card", "access"]), note, s.random.choice(["open", "closed", "closed"])])
    table(path, [("ticket", None), ("opened", None), ("channel", None), ("topic", None), ("notes", None), ("state", None)], out, quoted=True)
    truth(path, "column:notes", "ssn", [ssn])
    truth(path, "column:notes", "phone", phones)


def masked():
    """What a careful vendor sends: last four digits only, and a column with nothing left in it."""
    path = "support/masked_members.csv"
    s = Source(path)
    out = []
    for n, p in enumerate(s.people(60)):
        out.append([str(n + 1), f"{p['given']} {p['surname']}", f"***-**-{p['ssn'][5:]}", f"XXX-XX-{s.ssn()[5:]}", "XXX-XX-XXXX",
                    s.random.choice(["active", "termed"])])
    table(path, [
        ("row", None), ("member_name", ("name", "patient")), ("ssn", ("ssn", "patient", "masked")), ("spouse_ssn", ("ssn", "patient", "masked")),
        ("child_ssn", None), ("status", None),
    ], out)


def callbacks():
    """Rows of any length, as typed by hand."""
    path = "support/callbacks.csv"
    s = Source(path)
    out = []
    for n, p in enumerate(s.people(50)):
        row = [f"{p['given']} {p['surname']}", p["phone"], s.random.choice(["card", "bill", "claim", "other"]), s.random.choice(["am", "pm"])]
        if n % 11 == 3:
            row = row[:1]
        elif n % 7 == 2:
            row += ["urgent"] if n % 2 else ["left message", "try again"]
        elif n % 9 == 4:
            row[1] = ""
        out.append(row)
    table(path, [("caller_name", ("name", "patient")), ("callback_phone", ("phone", "patient")), ("reason", None), ("time_of_day", None)], out)


def directory():
    """Providers, as any plan prints them: public, and nobody's health."""
    path = "provider/directory_2026.csv"
    s = Source(path)
    taxonomy = ["207Q00000X", "207R00000X", "208000000X", "363L00000X", "152W00000X"]
    out = []
    for p in s.people(130, first="1950-01-02", last="1990-12-30"):
        out.append([
            s.npi(), p["surname"], p["given"], s.random.choice(["MD", "DO", "NP", "PA-C", "OD"]), s.random.choice(taxonomy),
            f"{p['city']} {s.random.choice(['Family Medicine', 'Eye Care', 'Pediatrics', 'Internal Medicine Group'])}", p["street"].split(" Apt")[0]
            + (f" Ste {s.random.randrange(100, 480)}" if s.random.random() < 0.5 else ""), p["city"], p["state"], p["zip"], p["phone"],
            s.random.choice(["Y", "N"]),
        ])
    table(path, [
        ("npi", ("npi", "provider")), ("provider_last_name", ("name", "provider")), ("provider_first_name", ("name", "provider")),
        ("credential", None), ("taxonomy_code", None), ("practice_name", ("name", "provider", OPTIONAL)), ("practice_address", ("address", "provider")),
        ("practice_city", ("address", "provider", OPTIONAL)), ("practice_state", None), ("practice_zip", ("zip", "provider")),
        ("practice_phone", ("phone", "provider")), ("accepting_new_patients", None),
    ], out)
    people(path, 0)


def payroll():
    """The vendor's own people: employees, no patients."""
    path = "hr/payroll_202609.csv"
    s = Source(path)
    out = []
    for n, p in enumerate(s.people(48, first="1958-01-02", last="2003-12-30")):
        out.append([f"E{10400 + n * 3}", f"{p['surname']}, {p['given']}", dashed(p["ssn"]), s.date("2004-02-01", "2026-05-30").isoformat(),
                    s.random.choice(["Claims", "Call center", "IT", "Finance"]), str(s.random.randrange(38, 126) * 1000), money(s, 1400, 4900)])
    table(path, [
        ("employee_id", None), ("employee_name", ("name", "workforce")), ("ssn", ("ssn", "workforce")), ("hire_date", None), ("department", None),
        ("salary", None), ("net_pay", None),
    ], out, quoted=True)
    people(path, 48)


def readme():
    """What a vendor says of its own drop: all the words, none of the values."""
    path = "README.md"
    write(path, """# Monthly drop of Brindlewood Health Plan

Version 4.2 of the layout, valid from 2026-07-01. Questions go to the sender's service desk.

| folder | what | how often |
| --- | --- | --- |
| eligibility | members and dependents | monthly, on the 1st |
| claims | paid claim lines | each quarter |
| clinical | notes and letters that came with appeals | as they come |
| legacy | extracts of the old system, no header line | until 2026-12-31 |

## Columns

- `ssn`: nine digits, with dashes in comma files and without in pipe files.
- `dob`: the member's date of birth.
- `member_id`: three letters and nine digits.
- `mbi`: eleven characters; the Medicare number of the new cards.

Files are removed 30 days after they were fetched. Files larger than 2,147,483,648 bytes come in parts.
""")
    people(path, 0)


def main():
    if DROP.exists():
        shutil.rmtree(DROP)
    for make in (members, pipe_extract, bom_roster, semicolons, claims, crosswalk, headerless_extract, headerless_invoices, shipments, log, source,
                 notes, letter, mail, labs, tickets, masked, callbacks, directory, payroll, readme):
        make()
    for name, lines in (("truth.jsonl", TRUTH), ("people.jsonl", PEOPLE)):
        (HERE / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
