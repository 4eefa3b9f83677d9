//! Documents that hold nobody's data but look as if: numbers of shipments, coordinates, hashes, catalogues, program text.
//! In: a half. Out: pages whose truth is empty, but for telephone numbers and addresses of firms, which may be found.

use phisweep::identifier::Identifier;

use super::rng::Rng;
use super::words;
use super::{Page, Split, Whose};

/// A column of a table that is about nobody.
#[derive(Clone, Copy)]
enum Cell {
    /// See [`Rng::picture`].
    Form(&'static str),
    /// Counts up from a number.
    Up(i64),
    Number(i64, i64),
    Decimal(i64, i64),
    Date(i64, i64),
    Goods,
    Firm,
    FirmPhone,
    FirmStreet,
    FirmZip,
    Word(&'static [&'static str]),
}

use Cell::*;

/// A kind of table: its name, the names and cells of its columns.
type Table = (&'static str, &'static [(&'static str, Cell)]);

#[rustfmt::skip]
const TRAIN: &[Table] = &[
    ("invoices", &[("invoice_no", Form("999999999")), ("po_number", Form("99999999")), ("date", Date(2023, 2026)), ("vendor", Firm), ("amount", Decimal(5, 90_000))]),
    ("shipments", &[("tracking", Form("1Z999AA99999999999")), ("order_id", Up(418_220_101)), ("shipped", Date(2024, 2026)), ("weight", Decimal(0, 40))]),
    ("skus", &[("sku", Form("999-99-9999")), ("item", Goods), ("stock", Number(0, 900)), ("price", Decimal(1, 300))]),
    ("epochs", &[("event_time", Up(1_760_000_000)), ("duration_ms", Number(1, 90_000)), ("session", Form("hhhhhhhhhhhhhhhh"))]),
    ("vendors", &[("company", Firm), ("phone", FirmPhone), ("street", FirmStreet), ("zip", FirmZip), ("terms", Word(&["NET30", "NET60"]))]),
    ("meters", &[("meter_id", Form("999999999")), ("reading", Number(100_000_000, 999_999_999)), ("read_on", Date(2025, 2026))]),
    ("unnamed", &[("", Form("999999999")), ("", Decimal(1, 900)), ("", Goods)]),
    ("sites", &[("latitude", Form("39.999999999")), ("longitude", Form("-104.999999999")), ("site", Goods), ("surveyed", Date(2019, 2026))]),
    ("checksums", &[("sha1", Form("hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh")), ("uuid", Form("hhhhhhhh-hhhh-4hhh-9hhh-hhhhhhhhhhhh")), ("bytes", Number(100_000_000, 999_999_999))]),
    ("catalogue", &[("isbn", Form("9789999999999")), ("title", Goods), ("published", Date(1950, 2024)), ("pages", Number(40, 900))]),
    ("dealers", &[("Dealer Name", Firm), ("Telephone", FirmPhone), ("Street Address", FirmStreet), ("Postal Code", FirmZip)]),
    ("parts", &[("Part #", Form("999-99-9999")), ("Bin", Form("A99")), ("On Hand", Number(0, 400)), ("Last Count", Date(2025, 2026))]),
    ("ledger", &[("JournalEntry", Up(100_200_300)), ("GLAccount", Form("999999999")), ("Debit", Decimal(0, 9_000)), ("PostingDate", Date(2024, 2026))]),
    ("sensors", &[("DeviceTime", Up(1_755_000_000_000)), ("Serial", Form("AA9999999")), ("Counter", Up(536_904_398)), ("Voltage", Decimal(0, 48))]),
    ("unnamed", &[("", Up(221_000_417)), ("", Form("99999999")), ("", Goods), ("", Decimal(0, 50))]),
    ("routing", &[("Reference", Form("999999999")), ("Confirmation", Form("AA99A9AA99")), ("Batch", Up(20_260_301))]),
    ("stations", &[("Station ID", Form("USW000999999")), ("Elev (ft)", Number(1, 9000)), ("Lat/Lon", Form("39.9999,-99.9999")), ("Installed", Date(1948, 2020))]),
    ("assets", &[("AssetTag", Form("A-999999")), ("SerialNumber", Form("AA99AAA9")), ("Model", Goods), ("PurchaseDate", Date(2012, 2026)), ("Cost", Decimal(20, 9_000))]),
    ("library", &[("Barcode", Form("39999999999999")), ("Call Number", Form("AA999.A99")), ("Title", Goods), ("Due", Date(2026, 2026))]),
    ("suppliers", &[("Supplier", Firm), ("Main Phone", FirmPhone), ("Address", FirmStreet), ("ZIP", FirmZip), ("Vendor #", Form("999999"))]),
    ("tickets", &[("Case Number", Up(48_220_917)), ("Opened", Date(2025, 2026)), ("Category", Word(&["network", "printer", "badge"])), ("Minutes", Number(1, 900))]),
    ("elections", &[("Precinct", Form("99-999")), ("Ballots", Number(100, 4000)), ("Seal No", Form("999999999"))]),
    ("freight", &[("PRO Number", Form("999-999999-9")), ("BOL", Form("999999999")), ("Pallets", Number(1, 30)), ("Consignee", Firm)]),
    ("unnamed", &[("", Form("99-9999999")), ("", Up(310_552_900)), ("", Date(2024, 2026)), ("", Decimal(0, 90))]),
    ("telemetry", &[("ts", Up(1_764_000_000_000)), ("device", Form("hhhhhhhhhhhh")), ("rssi", Form("-99")), ("seq", Up(219_440_001))]),
];

#[rustfmt::skip]
const HELD_OUT: &[Table] = &[
    ("inventory", &[("Item No.", Form("9999-99-9999")), ("Description", Goods), ("Received", Date(2024, 2026)), ("Lot", Form("A999999"))]),
    ("permits", &[("Permit #", Form("B26-999999")), ("Parcel", Form("999-99-999")), ("Issued", Date(2015, 2026)), ("Fee", Decimal(10, 900))]),
    ("weather", &[("Gauge", Form("99999999")), ("Observed", Date(1930, 2024)), ("mm", Decimal(0, 90))]),
    ("contracts", &[("Contract Number", Form("999999999")), ("Firm", Firm), ("Phone", FirmPhone), ("Award Date", Date(2018, 2026))]),
    ("unnamed", &[("", Form("999 99 9999")), ("", Goods), ("", Number(1, 90))]),
    ("jobs", &[("Job ID", Up(700_100_220)), ("Member Count", Number(1, 90_000)), ("Started", Date(2026, 2026)), ("Group", Word(&["etl", "web", "ops"]))]),
    ("flights", &[("Tail", Form("N999AA")), ("Ticket", Form("0169999999999")), ("Departed", Date(2025, 2026)), ("Seats", Number(9, 400))]),
    ("survey", &[("Respondent", Up(10_001)), ("Weight", Decimal(0, 3)), ("Stratum", Form("9999")), ("Asked", Date(2022, 2024))]),
];

#[rustfmt::skip]
const TRAIN_TEXTS: &[(&str, &str)] = &[
    ("build.log", "[1{#2}/2{#3}] compiling module_{#3} in {#1}.{#2}s, {#9} bytes, hash {h16}\n"),
    ("access.log", "10.{#1}.{#2}.7 - - [1{#1}/Mar/2026:08:0{#1}:11 +0000] \"GET /item/{#9}?v={#10} HTTP/1.1\" 200 {#5}\n"),
    ("table.rs", "    const T{#3}: u64 = 0x{h12}; // {#9}, see {#3}-{#2}-{#3}\n    let delta = {#1}.{#9}_f64 + {#9};\n"),
    ("notes.md", "- Version 1{#1}.{#2}.{#3} was released on 2024-0{d}-1{#1} and fixes issue #{#5} (order {#9}).\n"),
    ("trace.txt", "{h8}-{h4}-4{h3}-a{h3}-{h12} span={#9} parent={#10} took {#6}us at 17{#8}.{#6}\n"),
    ("data.js", "var p{#2}=[{#2}.{#9},-{#3}.{#8}],q=\"{h32}\",n={#9};x({#3},{#2},{#4});\n"),
    ("minutes.txt", "The board met on March 1{#1}, 2026 and approved purchase order {#9} for {#2} units of part {#3}-{#2}-{#4} at ${#3}.{#2} each.\n"),
    ("CHANGES.txt", "{#2}/{d}/2021  Fixed overflow above {#9}; serial {#8}; see ticket {#7}.\n"),
    ("recipes.txt", "Bake at 3{#2} for {#2} minutes. Makes {#2} servings. From page {#3} of the 19{#2} edition, box {#9}.\n"),
    ("app.py", "MAX_ID = {#9}\nSTART = \"20{#2}-0{d}-1{#1}\"\nrow = (\"{#3}.{#3}.{#4}\", {#9}, 0.{#9})\n"),
    ("kernel.log", "[{#5}.{#6}] usb 1-{d}: new device number {d}, idVendor={h4}, idProduct={h4}, SerialNumber: {h12}\n"),
    ("schema.sql", "INSERT INTO parts VALUES ({#9}, '{#3}-{#2}-{#4}', '20{#2}-0{d}-1{#1}', {#3}.{#2});\n"),
    ("paper.txt", "As shown by prior work [{#2}], the estimate of 0.{#9} (95% CI {d}.{#2}-{d}.{#3}) holds for n = {#9} samples; see page {#4}, DOI 10.1{#3}/j.{#9}.\n"),
    ("vector.svg", "<path d=\"M{#3}.{#3} {#3}.{#3}L{#3}-{#2}-{#4}Z\" id=\"p{#9}\" fill=\"#{h6}\"/>\n"),
    ("manual.txt", "Hold the button for {d} seconds. If error E{#3} appears, call the service desk with part number {#3}-{#2}-{#4} and firmware 1.{#2}.{#3}.\n"),
    ("config.ini", "node{#2} = 10.{#2}.{d}.{#2}:{#4} ; token {h32}\ntimeout_ms = {#9}\n"),
    ("ledger.txt", "0{d}/1{#1}  ACH CREDIT {#9}  {#3}.{#2}  BAL {#5}.{#2}  TRACE {#15}\n"),
];

#[rustfmt::skip]
const HELD_OUT_TEXTS: &[(&str, &str)] = &[
    ("worker.log", "{h8} group={#5} member={#9} claim={#9} policy=default chart={#6} rc={d}\n"),
    ("readme.txt", "Name: build-{#3}\nVersion: {d}.{#2}.{#1}\nRelease date: 20{#2}-0{d}-1{#1}\nSubject: nightly {#8}\nMember: {#7} of {#7}\n\n"),
    ("minutes.txt", "Item {d}. The subscriber count rose to {#9} in the quarter. Policy {#3} was approved, group {d}, account balance {#5}.{#2}.\n"),
    ("dump.txt", "| id | {#9} | ref | {#3}-{#2}-{#4} |\n| patient zero | exploit {#5} | n | {#7} |\n"),
    ("help.txt", "Enter your member ID (for example {#3}-{#2}) and press {d}. Call center hours: 8-{d}. Form {#4} ({#2}/{#2}).\n"),
    ("stats.c", "    {{ .chart = {#6}, .visit = {#7}, .date = {#8} }}, /* {#3}.{#3} */\n"),
];

/// One such document.
pub(crate) fn page(split: Split, number: usize, rng: &mut Rng) -> Page {
    if number.is_multiple_of(2) { table(split, number, rng) } else { text(split, number, rng) }
}

fn table(split: Split, number: usize, rng: &mut Rng) -> Page {
    let (name, columns) = *rng.pick(split.pick(TRAIN, HELD_OUT));
    let (ending, delimiter) = *rng.pick(
        split.pick(&[("csv", ","), ("tsv", "\t"), ("txt", "|")][..], &[("csv", ";"), ("csv", ","), ("dat", "|")][..]),
    );
    let mut page = Page::new(format!("{name}_{number:04}.{ending}"), "nobody's table");
    page.class = (!matches!(name, "vendors" | "dealers" | "suppliers")).then_some("none");
    if !columns[0].0.is_empty() {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        page.text(&format!("{}\n", names.join(delimiter)));
    }
    let rows = *rng.pick(&[12, 60, 200]);
    let step = rng.range(1, 4);
    for row in 0..rows {
        for (at, (_, cell)) in columns.iter().enumerate() {
            if at > 0 {
                page.text(delimiter);
            }
            let maybe = |identifier| Some((identifier, Whose::Anybody));
            let (text, what) = match *cell {
                Form(form) => (rng.picture(form), None),
                Up(from) => ((from + row * step).to_string(), None),
                Number(low, high) => (rng.range(low, high).to_string(), None),
                Decimal(low, high) => (format!("{}.{:02}", rng.range(low, high), rng.range(0, 100)), None),
                Date(from, to) => {
                    (format!("{}-{:02}-{:02}", rng.range(from, to + 1), rng.range(1, 13), rng.range(1, 29)), None)
                }
                Goods => (rng.pick(words::goods(split)).to_string(), None),
                Firm => (rng.pick(words::companies(split)).to_string(), None),
                FirmPhone => {
                    let area = rng.pick(words::cities(split)).3;
                    (format!("{area}-{}-{}", rng.range(220, 550), rng.digits(4)), maybe(Identifier::PHONE))
                }
                FirmStreet => {
                    (format!("{} {}", rng.range(10, 9900), rng.pick(words::streets(split))), maybe(Identifier::ADDRESS))
                }
                FirmZip => {
                    (format!("{}{:02}", rng.pick(words::cities(split)).2, rng.range(1, 60)), maybe(Identifier::ZIP))
                }
                Word(words) => (rng.pick(words).to_string(), None),
            };
            page.value(&text, what, Some(at));
        }
        page.text("\n");
    }
    page
}

fn text(split: Split, number: usize, rng: &mut Rng) -> Page {
    let (name, line) = *rng.pick(split.pick(TRAIN_TEXTS, HELD_OUT_TEXTS));
    let (stem, ending) = name.split_once('.').unwrap_or((name, "txt"));
    let mut page = Page::new(format!("{stem}_{number:04}.{ending}"), "nobody's text");
    page.class = Some("none");
    for _ in 0..rng.range(20, 200) {
        let mut rest = line;
        while let Some((before, behind)) = rest.split_once('{') {
            page.text(before);
            let (what, after) = behind.split_once('}').unwrap_or((behind, ""));
            rest = after;
            let count = what[1..].parse().unwrap_or(1);
            match what.as_bytes()[0] {
                b'#' => page.text(&rng.digits(count)),
                b'h' => page.text(&rng.picture(&"h".repeat(count))),
                _ => page.text(&rng.range(1, 10).to_string()),
            }
        }
        page.text(rest);
    }
    page
}
