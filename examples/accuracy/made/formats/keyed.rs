//! Records whose values stand behind their names: JSON, XML, YAML, logs, LDIF, vCard. In: a list. Out: a document.
//!
//! The train half: one object behind the other, keys with underscores. The held-out half: keys in camel case or with hyphens, objects in
//! objects, attributes, quotes of the other kind, percent signs.

use super::super::fields::Record;
use super::super::rng::Rng;
use super::super::{Page, Whose};
use super::values::column;
use super::{List, plain, xml};

use phisweep::identifier::Identifier;

/// How keys are spelt.
#[derive(Clone, Copy)]
enum Keys {
    Header,
    Snake,
    Camel,
    Kebab,
    Upper,
}

/// A header as a key: words of letters and digits.
fn key(header: &str, keys: Keys) -> String {
    if let Keys::Header = keys {
        return header.to_string();
    }
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in header.replace('#', " nbr ").replace("'s", "").chars().filter(|c| *c != '.') {
        let breaks = !c.is_ascii_alphanumeric() || before.is_ascii_lowercase() && c.is_ascii_uppercase();
        if breaks && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    let capital = |word: &String| word[..1].to_uppercase() + &word[1..];
    match keys {
        Keys::Camel => words[..1].iter().cloned().chain(words[1..].iter().map(capital)).collect(),
        Keys::Kebab => words.join("-"),
        Keys::Upper => words.join("_").to_uppercase(),
        _ => words.join("_"),
    }
}

/// A record's cells: its key, its text, what it is.
type Cell = (String, String, Option<(Identifier, Whose)>);

fn cells(list: &List, names: &[String], record: &Record, rng: &mut Rng) -> Vec<Cell> {
    let fields = names.iter().zip(&list.feed.fields);
    fields
        .map(|(name, field)| {
            let (text, what) = list.cell(*field, record, rng);
            (name.clone(), text, what)
        })
        .collect()
}

fn keys(list: &List, keys: Keys, rng: &mut Rng) -> Vec<String> {
    list.names(rng).into_iter().map(|name| key(name, keys)).collect()
}

/// A page of this feed.
fn begun(list: &List, ending: &str) -> Page {
    let mut page = list.page(list.feed.kind.name, ending);
    page.class = Some(list.feed.kind.class);
    page
}

/// An object of one record; `pretty` puts each value on a line of its own.
fn object(page: &mut Page, cells: &[Cell], nested: Option<(&str, usize)>, between: (&str, &str)) {
    let (colon, comma) = between;
    page.text("{");
    for (n, (name, text, what)) in cells.iter().enumerate() {
        page.text(if n == 0 { "" } else { comma });
        if let Some((inner, from)) = nested.filter(|(_, from)| *from == n) {
            let _ = from;
            page.text(&format!("\"{inner}\"{colon}{{"));
        }
        page.text(&format!("\"{name}\"{colon}"));
        // Numbers without a zero in front are numbers.
        let is_number = text.len() < 10 && text.parse::<u32>().is_ok() && !text.starts_with('0');
        page.text(if is_number { "" } else { "\"" });
        page.value(&text.replace('"', "\\\""), *what, Some(column(name)));
        page.text(if is_number { "" } else { "\"" });
    }
    page.text(if nested.is_some() { "}}" } else { "}" });
}

/// An array, or objects one after the other.
pub(super) fn array(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, "json");
    let names = keys(list, list.pick(&[Keys::Header, Keys::Snake], &[Keys::Camel, Keys::Kebab, Keys::Upper]), rng);
    let (open, comma, close) = list.pick(
        &[("[", ",\n", "]\n"), ("", "\n", "\n")],
        &[("{\"count\": 60, \"rows\": [\n", ",", "]}"), ("[\n  ", ",\n  ", "\n]")],
    );
    let between = list.pick(&[(":", ","), (": ", ", ")], &[(" : ", ",\n   "), (":", ",")]);
    page.text(open);
    for record in &list.feed.records {
        page.text(if record.number == 0 { "" } else { comma });
        object(&mut page, &cells(list, &names, record, rng), None, between);
    }
    page.text(close);
    page
}

/// Objects in objects.
pub(super) fn nested(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, "json");
    let names = keys(list, list.pick(&[Keys::Snake, Keys::Header], &[Keys::Camel, Keys::Upper]), rng);
    let from = 1 + names.len() / 2;
    let (open, each, inner, close) = list.pick(
        &[
            ("{\"data\":{\"items\":[", ("", ""), "details", "]}}"),
            ("{\"result\":[", ("{\"record\":", "}"), "extra", "]}"),
        ],
        &[
            ("{\"payload\":{\"page\":{\"content\":[", ("{\"node\":{\"body\":", "}}"), "more", "]}}}"),
            ("{", ("", ""), "info", "}"),
        ],
    );
    page.text(open);
    for record in &list.feed.records {
        page.text(if record.number == 0 { "" } else { ",\n" });
        if open == "{" {
            // By a key of its own each.
            page.text(&format!("\"r{:05}\":", 10_000 + record.number * 37));
        }
        page.text(each.0);
        object(&mut page, &cells(list, &names, record, rng), Some((inner, from)), (":", ","));
        page.text(each.1);
    }
    page.text(close);
    page
}

/// Elements, or attributes.
pub(super) fn markup(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, "xml");
    let names = keys(list, list.pick(&[Keys::Snake], &[Keys::Camel, Keys::Upper, Keys::Kebab]), rng);
    let attributes = list.pick(&[false, true], &[true, false, false]);
    let (outer, each) =
        list.pick(&[("records", "record"), ("ROWSET", "ROW")], &[("ns:list", "ns:item"), ("export", "e")]);
    page.text(&format!("<?xml version=\"1.0\"?>\n<{outer}>\n"));
    for record in &list.feed.records {
        page.text(&format!("<{each}"));
        page.text(if attributes { "" } else { ">" });
        for (name, text, what) in cells(list, &names, record, rng) {
            page.text(&if attributes { format!(" {name}=\"") } else { format!("<{name}>") });
            page.value(&xml(&text), what, Some(column(&name)));
            page.text(&if attributes { "\"".to_string() } else { format!("</{name}>") });
        }
        page.text(&if attributes { "/>\n".to_string() } else { format!("</{each}>\n") });
    }
    page.text(&format!("</{outer}>\n"));
    page
}

/// YAML.
pub(super) fn blocks(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, list.pick(&["yaml"], &["yml"]));
    let names = keys(list, list.pick(&[Keys::Snake], &[Keys::Camel, Keys::Kebab]), rng);
    let (head, dash, indent, quote) = list.pick(
        &[("members:\n", "  - ", "    ", "\""), ("---\n", "- ", "  ", "")],
        &[("data:\n  list:\n", "    -\n      ", "      ", "'"), ("%YAML 1.2\n---\n", "- ", "  ", "\"")],
    );
    page.text(head);
    for record in &list.feed.records {
        for (n, (name, text, what)) in cells(list, &names, record, rng).into_iter().enumerate() {
            // What would be read as something else stands in quotes.
            let bare = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-/. ".contains(&b));
            let quote = if bare || !quote.is_empty() { quote } else { "\"" };
            page.text(&format!("{}{name}: {quote}", if n == 0 { dash } else { indent }));
            page.value(&if quote == "'" { text.replace('\'', "''") } else { text }, what, Some(column(&name)));
            page.text(&format!("{quote}\n"));
        }
    }
    page
}

/// Pairs behind the time of a log's line.
pub(super) fn log(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, "log");
    page.class = None;
    let names = keys(list, list.pick(&[Keys::Snake], &[Keys::Camel, Keys::Kebab]), rng);
    let (head, tail, joint) = list.pick(
        &[
            ("2026-03-1«#1»T08:1«#1»:2«#1».«#3»Z level=info msg=\"record loaded\" ", " took=«#3»ms\n", " "),
            ("Mar 1«#1» 08:1«#1»:2«#1» app01 loader[«#4»]: ", " seq=«#9»\n", ", "),
        ],
        &[
            ("time=\"2026-03-1«#1» 08:1«#1»:2«#1»\" lvl=WARN req=«#9» ", " msg='could not match record'\n", " "),
            ("[2026-03-1«#1» 08:1«#1»:2«#1»] [worker-«#1»] DEBUG c.l.Loader - row{", "}\n", "; "),
        ],
    );
    for record in &list.feed.records {
        list.write(&mut page, head, record, plain, rng);
        for (n, (name, text, what)) in cells(list, &names, record, rng).into_iter().enumerate() {
            let quote = if text.bytes().any(|b| b" ,;'".contains(&b)) || text.is_empty() { "\"" } else { "" };
            page.text(&format!("{}{name}={quote}", if n == 0 { "" } else { joint }));
            page.value(&text, what, Some(column(&name)));
            page.text(quote);
        }
        list.write(&mut page, tail, record, plain, rng);
    }
    page
}

/// An object in each line of a log.
pub(super) fn json_log(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, "log");
    page.class = None;
    let names = keys(list, list.pick(&[Keys::Snake], &[Keys::Camel, Keys::Kebab]), rng);
    let (head, tail, between) = list.pick(
        &[
            ("2026-03-1«#1» 08:1«#1»:2«#1».«#3» INFO  payload=", "\n", (":", ",")),
            ("2026-03-1«#1»T08:1«#1»:2«#1»Z app01 request body: ", " status=200\n", (": ", ", ")),
        ],
        &[
            ("[«#9»] POST /v1/members <- ", " (in «#3» ms)\n", (":", ",")),
            ("1«#1»-Mar-2026 08:1«#1»:2«#1» ERROR [http-«#2»] rejected ", "\n", (": ", ", ")),
        ],
    );
    for record in &list.feed.records {
        list.write(&mut page, head, record, plain, rng);
        object(&mut page, &cells(list, &names, record, rng), None, between);
        list.write(&mut page, tail, record, plain, rng);
    }
    page
}

/// What a web server writes of requests.
pub(super) fn queries(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, "log");
    page.class = None;
    let names = keys(list, list.pick(&[Keys::Snake], &[Keys::Camel, Keys::Kebab]), rng);
    let (head, tail) = list.pick(
        &[("10.«#1».2.7 - - [1«#1»/Mar/2026:08:0«#1»:11 +0000] \"GET /members/search?", " HTTP/1.1\" 200 «#5»\n")],
        &[
            (
                "2026-03-1«#1» 08:1«#1»:2«#1» 10.0.2.«#1» GET /api/lookup ",
                " 443 - 10.0.7.«#1» Mozilla/5.0 200 0 0 «#3»\n",
            ),
            ("lb01 10.1.4.«#1»:«#5» \"POST https://portal.example.org:443/find?", "&page=1 HTTP/2.0\" 302 «#4»\n"),
        ],
    );
    let space = list.pick(&["+", "%20"], &["%20", "+"]);
    for record in &list.feed.records {
        list.write(&mut page, head, record, plain, rng);
        for (n, (name, text, what)) in cells(list, &names, record, rng).into_iter().enumerate() {
            page.text(if n == 0 { "" } else { "&" });
            page.text(&format!("{name}="));
            let mut coded = String::new();
            for byte in text.bytes() {
                match byte {
                    b' ' => coded += space,
                    b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => coded.push(char::from(b)),
                    b => coded += &format!("%{b:02X}"),
                }
            }
            page.value(&coded, what, Some(column(&name)));
        }
        list.write(&mut page, tail, record, plain, rng);
    }
    page
}

/// Entries of a directory.
pub(super) fn entries(list: &List, rng: &mut Rng) -> Page {
    let mut page = list.page("people", list.pick(&["ldif"], &["ldif", "txt"]));
    let each = list.pick(
        &[
            "dn: uid=«#6»,ou=members,dc=lakeside\nobjectClass: person\nsn: «Last»\ngivenName: «First»\ndateOfBirth: «BirthDate»\nssn: «Ssn»\nstreet: «Street»\npostalCode: «Zip»\ntelephoneNumber: «Phone»\nmail: «Email»\nmemberId: «MemberId»\n\n",
            "dn: cn=m«#5»,ou=patients\ncn: «Name»\nbirthDate: «BirthDate:iso»\nmrn: «Mrn»\nsocialSecurityNumber: «Ssn»\n⟦Mbi⟧mbi: «Mbi»\n⟦/⟧\n",
        ],
        &[
            "version: 1\n\ndn: employeeNumber=«#6»,o=st anne\nchangetype: add\nobjectClass: inetOrgPerson\ncn: «Last», «First»\nx-ssn: «Ssn:dash»\nx-birthdate: «BirthDate»\nhomePhone: «Phone:dash»\nhomePostalAddress: «Street» $ «City» $ «State» «Zip»\nmedicalRecordNumber: «Mrn»\n\n",
            "dn: uid=«#6»,ou=clients\nchangetype: modify\nreplace: dob\ndob: «BirthDate»\n-\nreplace: subscriberNumber\nsubscriberNumber: «MemberId»\n-\nreplace: taxSsn\ntaxSsn: «Ssn:dash»\n-\nreplace: displayName\ndisplayName: «Name»\n\n",
        ],
    );
    for (n, record) in list.feed.records.iter().enumerate() {
        let each = if n > 0 { each.trim_start_matches("version: 1\n\n") } else { each };
        list.write(&mut page, each, record, plain, rng);
    }
    page
}

/// Cards of an address book.
pub(super) fn cards(list: &List, rng: &mut Rng) -> Page {
    let mut page = list.page("cards", "vcf");
    let each = list.pick(
        &[
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:«Last»;«First»;;;\r\nFN:«Name»\r\nBDAY:«BirthDate:iso»\r\nADR;TYPE=HOME:;;«Street»;«City»;«State»;«Zip»;\r\nTEL;TYPE=CELL:«Phone»\r\nEMAIL:«Email»\r\nX-SSN:«Ssn»\r\nX-MRN:«Mrn»\r\nEND:VCARD\r\n",
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:«Name»\r\nBDAY:«BirthDate:8»\r\nTEL:«Phone»\r\nNOTE:Member ID: «MemberId»\\, SSN «Ssn:dash»\r\nEND:VCARD\r\n",
        ],
        &[
            "BEGIN:VCARD\nVERSION:4.0\nitem1.ADR;LABEL=\"home\":;;«Street»;«City»;«State»;«Zip»;USA\nN;CHARSET=UTF-8:«Last»;«First»;«Middle»;;\nBDAY;VALUE=date:«BirthDate:8»\nTEL;VALUE=uri:tel:+1-«Phone:dash»\nX-MEDICAL-RECORD-NUMBER:«Mrn»\nEND:VCARD\n",
            "BEGIN:VCARD\nVERSION:2.1\nN:«Last»;«First»\nBDAY:«BirthDate:iso»T00:00:00Z\nTEL;HOME;VOICE:«Phone:paren»\nNOTE;ENCODING=QUOTED-PRINTABLE:SSN: «Ssn:dash»=0D=0ADOB: «BirthDate:us@n»\nX-MEMBER-ID:«MemberId»\nEND:VCARD\n",
        ],
    );
    for record in &list.feed.records {
        list.write(&mut page, each, record, plain, rng);
    }
    page
}
