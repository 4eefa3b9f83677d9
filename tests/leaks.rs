//! No report leaks what it reports. In: a drop with invented values planted wherever a value can stand, names of inner things too.
//! Out: everything the program writes about it, in which none of them occurs; but for names in the file system, which are kept and
//! marked, and masked where that was asked for.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Values, each planted once.
#[derive(Default)]
struct Planted {
    inside: Vec<String>,
    /// In names of files and folders.
    outside: Vec<String>,
    count: u32,
}

impl Planted {
    fn next(&mut self) -> String {
        self.count += 1;
        let n = self.count;
        format!("{:03}-{:02}-{:04}", 101 + n * 7 % 560, 21 + n % 70, 1000 + n * 71 % 8999)
    }

    /// An SSN.
    fn one(&mut self) -> String {
        let value = self.next();
        self.inside.push(value.clone());
        value
    }

    /// An SSN in a path of the file system.
    fn name(&mut self) -> String {
        let value = self.next();
        self.outside.push(value.clone());
        value
    }

    /// A table of people.
    fn table(&mut self, head: &str) -> String {
        let people = ["Delgadillo,Marisela", "Okonkwo,Thurston", "Kildare,Rosalind", "Sandoval,Clementine"];
        let rows = (0..12).map(|n| format!("{},19{}-03-1{},{}\n", people[n % 4], 40 + n, n % 9, self.one()));
        let rows: String = rows.collect();
        format!("{head}{rows}")
    }

    /// What of it stands in a text, as it is or without its marks.
    fn in_text<'a>(&'a self, text: &str, also_names: bool) -> Vec<&'a String> {
        let names = self.outside.iter().filter(|_| also_names);
        let stands = |value: &&String| text.contains(value.as_str()) || text.contains(&value.replace('-', ""));
        self.inside.iter().chain(names).filter(stands).collect()
    }
}

fn zip(members: &[(String, String)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in members {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("a member");
        archive.write_all(text.as_bytes()).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

fn tar(name: &str, text: &str) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    archive.append_data(&mut header, name, text.as_bytes()).expect("a member");
    archive.into_inner().expect("an archive")
}

fn workbook(planted: &mut Planted) -> Vec<u8> {
    let rows: String = (1..20)
        .map(|n| format!("<row r=\"{n}\"><c r=\"A{n}\" t=\"inlineStr\"><is><t>{}</t></is></c></row>", planted.one()))
        .collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let parts = [
        (
            "[Content_Types].xml".to_string(),
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
             <Override PartName=\"/xl/workbook.xml\" ContentType=\"{kinds}.sheet.main+xml\"/>\
             <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{kinds}.worksheet+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels".to_string(),
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml".to_string(),
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"SSN {}\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
                planted.one()
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_string(),
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml".to_string(),
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
        (format!("xl/embeddings/ssn {}.bin", planted.one()), "nothing".to_string()),
    ];
    zip(&parts)
}

fn plant(drop: &Path) -> Planted {
    const HEAD: &str = "last_name,first_name,birth_date,ssn\n";
    let mut planted = Planted::default();
    let p = &mut planted;
    let write = |name: &str, bytes: &[u8]| {
        let path = drop.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, bytes).expect("written");
    };
    write("plain.csv", p.table(HEAD).as_bytes());
    write("headless.csv", p.table("").as_bytes());
    let head = format!("id,{},x\n", p.one());
    write("heads.csv", (head + &(0..20).map(|n| format!("{n},{},y\n", p.one())).collect::<String>()).as_bytes());
    write("note.txt", format!("Patient: Marisela Delgadillo\nSSN: {}\n", p.one()).as_bytes());
    write(&format!("statement {}.csv", p.name()), p.table(HEAD).as_bytes());
    write(&format!("patient {}/x.csv", p.name()), p.table(HEAD).as_bytes());
    write(&format!("ssn {}.pdf", p.name()), b"%PDF-1.4 broken");
    let inner = zip(&[(format!("SSN {}.txt", p.one()), format!("SSN: {}\n", p.one()))]);
    let mut members = vec![
        (format!("letters/ssn {}.txt", p.one()), format!("SSN: {}\n", p.one())),
        (format!("ssn_{}/a.csv", p.one()), p.table(HEAD)),
        (format!("broken {}.pdf", p.one()), "%PDF-1.4 broken".to_string()),
        (format!("broken {}.gz", p.one()), "\x1f nothing".to_string()),
    ];
    write("members.zip", &zip(&members));
    write(&format!("nested {}.zip", p.name()), &inner);
    members.clear();
    write("pack.tar", &tar(&format!("SSN-{}/ssn {}.txt", p.one(), p.one()), &format!("SSN: {}\n", p.one())));
    write("book.xlsx", &workbook(p));
    write(
        "keys.json",
        format!(
            "{{\"{}\":{{\"ssn\":\"{}\"}},\"ssn {}\":1,\"Marisela Delgadillo\":{{\"dob\":\"1951-03-04\",\"ssn\":\"{}\"}}}}",
            p.one(), p.one(), p.one(), p.one()
        )
        .as_bytes(),
    );
    write("bad.json", format!("{{\"ssn\":\"{}\",\"{}\":[tru]", p.one(), p.one()).as_bytes());
    write("keys.yaml", format!("{}:\n  ssn: {}\n", p.one(), p.one()).as_bytes());
    write("keys.ini", format!("[{}]\n{}=1\nssn={}\n", p.one(), p.one(), p.one()).as_bytes());
    write("bad.xml", format!("<r id=\"{}\"><ssn>{}</ssn><s{}>", p.one(), p.one(), p.one()).as_bytes());
    write(
        "dump.sql",
        format!(
            "CREATE TABLE `ssn {}` (id int, `{}` text);\nINSERT INTO t VALUES (1,'{}');\n",
            p.one(),
            p.one(),
            p.one()
        )
        .as_bytes(),
    );
    let table = p.table(HEAD);
    let mail = format!(
        "From: Marisela Delgadillo <m.delgadillo@example.net>\nSubject: SSN {}\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSSN: {}\n\
         --b\nContent-Type: text/csv; name=\"ssn {}.csv\"\nContent-Disposition: attachment; filename=\"ssn {}.csv\"\n\n{table}\n\
         --b\nContent-Type: application/pdf; name=\"for {}.pdf\"\nContent-Disposition: attachment\n\n%PDF-1.4 broken\n--b--\n",
        p.one(),
        p.one(),
        p.one(),
        p.one(),
        p.one()
    );
    write("mail.eml", mail.as_bytes());
    #[cfg(feature = "sqlite")]
    {
        let mut database = rusqlite::Connection::open_in_memory().expect("a database");
        let (table, column) = (format!("ssn {}", p.one()), p.one());
        database.execute_batch(&format!("CREATE TABLE \"{table}\" (\"{column}\" TEXT, ssn TEXT)")).expect("a table");
        for _ in 0..20 {
            let row = [p.one(), p.one()];
            database.execute(&format!("INSERT INTO \"{table}\" VALUES (?, ?)"), row).expect("a row");
        }
        write("base.db", &database.serialize(rusqlite::MAIN_DB).expect("bytes"));
    }
    planted
}

/// Runs the program in `at`; what it said on both of its streams.
fn said(at: &Path, args: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_phisweep")).current_dir(at).args(args).output().expect("phisweep runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{args:?}: {errors}");
    format!("{}{errors}", String::from_utf8_lossy(&output.stdout))
}

/// Each file of a folder, as text.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable"));
    let read = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).expect("read")).into_owned();
    entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), read(&entry.path()))).collect()
}

#[test]
fn no_report_shows_a_value() {
    let parent = tempfile::tempdir().unwrap();
    let at = parent.path();
    let planted = plant(&at.join("drop"));
    for (folder, more) in [("kept", None), ("masked", Some("--mask-paths"))] {
        let also_names = more.is_some();
        let check = |what: &str, text: &str| {
            let found = planted.in_text(text, also_names);
            assert!(found.is_empty(), "{folder}, {what}: {found:?}");
        };
        std::fs::create_dir(at.join(folder)).unwrap();
        let (set, sarif, ocsf) = (format!("{folder}/"), format!("{folder}/x.sarif"), format!("{folder}/x.ocsf.jsonl"));
        let mut args = vec!["scan", "drop", "-v", "--matches", "--min-confidence", "possible"];
        args.extend(["-o", &set, "-o", &sarif, "-o", &ocsf]);
        args.extend(more);
        check("both streams", &said(at, &args));
        let written = texts(&at.join(folder));
        assert!(written.len() >= 10, "{} reports", written.len());
        for (name, text) in &written {
            check(name, text);
        }
        for format in ["csv", "jsonl", "sarif", "text"] {
            let mut args = vec!["scan", "drop", "-v", "-f", format];
            args.extend(more);
            check(format, &said(at, &args));
        }
        let from = format!("{folder}/findings.jsonl");
        check("sample", &said(at, &["sample", &from, "-n", "500", "--clean", "500"]));
        check("incident", &said(at, &["report", "--incident", "drop", &from]));
        let release = Command::new(env!("CARGO_BIN_EXE_phisweep"))
            .current_dir(at)
            .args(["scan", "drop", "--for", "safe-harbor"])
            .args(more)
            .output()
            .unwrap();
        check("release", &String::from_utf8_lossy(&release.stdout));
    }
    // What was planted in names of the file system is kept where it was not asked to be masked, and said so.
    let text = std::fs::read_to_string(at.join("kept/findings.jsonl")).unwrap();
    let records = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let marked = records.filter(|record| record["type"] == "document" && record["path_holds_values"] == true);
    let marked: Vec<String> = marked.map(|record| record["path"].to_string()).collect();
    assert!(marked.iter().any(|path| planted.outside.iter().any(|value| path.contains(value))), "{marked:?}");
}
