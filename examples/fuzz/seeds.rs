//! Documents to start from, all invented. In: a target. Out: its seeds.

use crate::built;

/// A document to start from: streams, and how they are packed into one.
pub(crate) struct Seed {
    /// Name and bytes. Names are not changed.
    pub(crate) streams: Vec<(String, Vec<u8>)>,
    pub(crate) pack: Pack,
}

/// How streams become a document.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pack {
    /// There is one, and it is the document.
    Plain,
    /// A zip without compression.
    Zip,
    /// A compound file.
    Compound,
    /// One, a tape archive, whose checksums are put right.
    Tar,
}

impl Seed {
    pub(crate) fn plain(bytes: impl Into<Vec<u8>>) -> Seed {
        Seed { streams: vec![(String::new(), bytes.into())], pack: Pack::Plain }
    }

    /// The document.
    pub(crate) fn packed(&self) -> Vec<u8> {
        built::pack(self.pack, &self.streams)
    }
}

/// The seeds of a target; those of every format for `any`, since each reader meets what is none of its own.
pub(crate) fn of(target: &str) -> Vec<Seed> {
    let named = |name: &str| {
        let own = SEEDS.iter().filter(|(of, _)| *of == name).map(|(_, seed)| Seed::plain(*seed)).collect::<Vec<_>>();
        if name == "dicom" { vec![Seed::plain(DICOM)] } else { own }
    };
    match target {
        "any" => {
            let formats = ["zip", "tar", "cpio", "ar", "rar", "compress", "sqlite", "dbf", "xls", "msg", "tnef"];
            let built = formats.iter().flat_map(|format| built::of(format));
            SEEDS.iter().map(|(_, seed)| Seed::plain(*seed)).chain([Seed::plain(DICOM)]).chain(built).collect()
        }
        "base64" => CODED.iter().map(|text| Seed::plain(*text)).collect(),
        "coded" => urls(CODED),
        "wrappers" => WRAPPERS.iter().flat_map(|format| built::of(format)).chain(built::nested()).collect(),
        "budgets" => built::nested().into_iter().chain(WRAPPERS.iter().flat_map(|format| built::of(format))).collect(),
        "fhir" => named("json").into_iter().skip(1).chain(named("fhir")).collect(),
        "cda" => named("xml").into_iter().skip(1).collect(),
        "encodings" => SEEDS.iter().take(7).flat_map(|(_, seed)| built::encoded(seed)).collect(),
        name => {
            let own = named(name);
            if own.is_empty() { built::of(name) } else { own }
        }
    }
}

const WRAPPERS: [&str; 8] = ["zip", "tar", "cpio", "ar", "cab", "rar", "compress", "gzip"];

/// A list of patients in base64, in one run, in lines and as addresses write it.
const CODED: &[&str] = &[
    "bXJuLHNzbgo0NDcxOTAyLDUzNi05MC00Mzk4CjQ0NzE5NTUsNDE4LTYyLTc3MTUK",
    "bXJuLHNzbgo0NDcxOTAyLDUzNi05MC00Mzk4CjQ0\r\nNzE5NTUsNDE4LTYyLTc3MTUK\r\n",
    "bXJuLHNzbgo0_DcxOTAyLDUz-i05MC00Mzk4CjQ0NzE5NTUsNDE4LTYyLTc3MQ==",
];

/// Base64 in values of formats, and in `data:` URLs of texts.
fn urls(coded: &[&str]) -> Vec<Seed> {
    let list = coded[0];
    let long = list.repeat(40);
    let percent = "mrn%2Cssn%0A4471902%2C536-90-4398%0A4471955%2C418-62-7715%0A";
    [
        format!("{{\"a\":\"{long}\",\"b\":\"data:text/csv;base64,{list}\",\"c\":\"see data:text\\/csv;base64,{long} x\"}}"),
        format!("<html><img src='data:text/csv;base64,{long}'><a href=\"data:text/csv,{percent}\">SSN: 536-22-8145</a></html>"),
        format!("# x\n[a](data:text/csv;name=a.csv;base64,{list}) b data:text/html;charset=utf-8,<b>SSN:</b>%20221-34-5678\nSSN: 536-22-8145\n"),
        format!("<?xml version=\"1.0\"?><f><b href=\"data:text/csv;base64,{}\"/><c>{long}</c></f>", list.replace('L', "&#76;")),
        format!("id,file\n1,\"data:text/csv;base64,{list}\"\n2,data:text/csv;base64,{long}\n"),
    ]
    .into_iter()
    .map(Seed::plain)
    .collect()
}

/// A data set without preamble pixels, explicit little endian: name, number, birth date.
const DICOM: &[u8] = b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0DICM\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0\x10\0\x10\0PN\x0e\0DELGADO^MARIA \x10\0\x20\0LO\x08\x0040011937\x10\0\x30\0DA\x08\x0019570314\x10\0\x02\x10SQ\0\0\x10\0\0\0\xfe\xff\0\xe0\x08\0\0\0\x10\0\x20\0LO\0\0";

const SEEDS: &[(&str, &str)] = &[
    (
        "text",
        "Patient: Maria Delgado, DOB 03/14/1957, SSN: 536-22-8145\nMRN 4829137. Call (315) 555-0142.\n2026-01-02 ssn=221-34-5678 user_dob=\"1980-02-03\"\n",
    ),
    (
        "csv",
        "mrn,last_name,ssn,birth_date\n40011937,Delgado,536-22-8145,1957-03-14\n40089068,\"Smith, \"\"J\"\"\",221-34-5678,1961-02-03\n40166199,Garcia,512-44-0101,1970-05-06\n",
    ),
    (
        "tsv",
        "mrn\tlast_name\tssn\n40011937\tDelgado\t536-22-8145\n40089068\tSmith\t221-34-5678\n40166199\tGarcia\t512-44-0101\n",
    ),
    (
        "psv",
        "mrn|last_name|ssn\n40011937|Delgado|536-22-8145\n40089068|Smith|221-34-5678\n40166199|Garcia|512-44-0101\n",
    ),
    (
        "fixed",
        "mrn       last_name  ssn        \n40011937  Delgado    536-22-8145\n40089068  Smith      221-34-5678\n40166199  Garcia     512-44-0101\n40166200  Okoye      512-44-0108\n40166201  Long       512-44-0115\n",
    ),
    (
        "json",
        r#"{"members":[{"ssn":"536-22-8145","name":{"first":"Maria","last":"Delgado"},"n":[1,2.5e3,[true,null]],"t":"a\u00e9\n\"b\""},{"ssn":"221-34-5678","x":{"name":"ssn","value":"512-44-0101"}}]}"#,
    ),
    (
        "json",
        r#"{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","identifier":[{"system":"http://hl7.org/fhir/sid/us-ssn","value":"536228145"}],"birthDate":"1957-03-14"}}]}"#,
    ),
    (
        "json",
        r##"{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"markdown","source":["# List\n","SSN 536-22-8145, DOB 1957-03-14\n"],"metadata":{}},{"cell_type":"code","source":"df.head()","execution_count":1,"metadata":{},"outputs":[{"output_type":"execute_result","data":{"text/html":["<table><tr><th>mrn</th><th>dob</th></tr>","<tr><td>4471902</td><td>1957-03-14</td></tr></table>"],"text/plain":["   mrn dob\n","0 4471902 1957-03-14"]},"metadata":{},"execution_count":1}]}]}"##,
    ),
    (
        "fhir",
        r#"{"resourceType":"Patient","id":"p1","identifier":[{"type":{"coding":[{"code":"MR"}]},"value":"40011937"}],"name":[{"family":"Delgado","given":["Maria"]}],"telecom":[{"system":"phone","value":"(315) 555-0142"}],"text":{"div":"<div>SSN: 221-34-5678<br/>x</div>"},"contact":[{"name":{"family":"Smith"}}],"birthDate":"1957-03-14"}
{"resourceType":"Coverage","subscriberId":"W123456789","beneficiary":{"reference":"Patient/p1"}}"#,
    ),
    (
        "fhir",
        "<Bundle xmlns=\"http://hl7.org/fhir\"><entry><resource><Patient><identifier><system value=\"http://hl7.org/fhir/sid/us-ssn\"/><value value=\"536228145\"/></identifier><name><family value=\"Delgado\"/></name><birthDate value=\"1957-03-14\"/></Patient></resource></entry></Bundle>",
    ),
    ("ndjson", "{\"ssn\":\"536-22-8145\",\"dob\":\"1957-03-14\"}\n{\"ssn\":\"221-34-5678\",\"dob\":\"1961-02-03\"}\n"),
    (
        "xml",
        "<?xml version=\"1.0\"?><!DOCTYPE m [<!ENTITY e \"x\">]><m><p id='1'><ssn>536-22-8145</ssn><n>A &amp; B&e;</n><!-- c --><![CDATA[t]]></p><p id='2'><ssn>221-34-5678</ssn></p></m>",
    ),
    (
        "xml",
        "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><recordTarget><patientRole><id root=\"2.16.840.1.113883.4.1\" extension=\"536228145\"/><patient><name><given>Maria</given></name><birthTime value=\"19570314\"/></patient></patientRole></recordTarget><text><table><tr><td>SSN</td></tr></table></text></ClinicalDocument>",
    ),
    (
        "hl7",
        "MSH|^~\\&|A|B|C|D|20260102||ADT^A08|1|P|2.5.1\rPID|1||40011937^^^H^MR||Delgado^Maria||19570314|F|||12 Oak Street^^Mobile^AL^36602||||||||536228145\rOBX|1|TX|||a\\T\\b~c\r",
    ),
    (
        "x12",
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260102*0304*^*00501*000000001*0*P*:~GS*BE*A*B*20260102*0304*1*X*005010X220A1~ST*834*0001*005010X220A1~INS*Y*18*021*20*A***FT~REF*SY*536228145~NM1*IL*1*DELGADO*MARIA~DMG*D8*19570314*F~SE*9*0001~GE*1*1~IEA*1*000000001~",
    ),
    (
        "ncpdp",
        "610066D0B112345678901011234567893     20260102SOFTWARE01\u{1e}\u{1c}AM04\u{1c}C2W123456789\u{1c}CCMARIA\u{1e}\u{1c}AM01\u{1c}CX01\u{1c}CY536904398\u{1c}C419700102",
    ),
    (
        "sql",
        "-- MySQL dump\nCREATE TABLE `p` (\n `id` int, ssn varchar(11) DEFAULT '0',\n PRIMARY KEY (`id`)\n);\nINSERT INTO `p` VALUES (1,'536-22-8145'),(2,'O\\'Brien /* x */');\n/*!40000 ALTER TABLE p */;\nUPDATE p SET ssn='221-34-5678', b=\"x\" WHERE id=1;\n",
    ),
    (
        "sql",
        "--\n-- PostgreSQL database dump\n--\nSET standard_conforming_strings = on;\nCOPY public.p (ssn, dob, note) FROM stdin;\n536-22-8145\t1957-03-14\ta\\tb\n221-34-5678\t\\N\t\\x41\n\\.\nINSERT INTO p (a) VALUES ($t$it's$t$), (E'a\\'b'), ('it''s');\n",
    ),
    (
        "sql",
        "INSERT [dbo].[P] ([Ssn], [Dob]) VALUES (N'536-22-8145', CAST(N'1957-03-14' AS Date))\nGO\nINSERT INTO p SELECT 1, q'[x]' UNION ALL SELECT 0x41424344, X'41' FROM dual;\n",
    ),
    (
        "html",
        "<!DOCTYPE html><html><!-- SSN 536-22-8145 --><style>a{}</style><script>var a='b';</script><p title=\"t\">DOB:&nbsp;<b>03/14</b>/1957<br>x</p><table><tr><th>ssn</th><th colspan=2>dob</th></tr><tr><td>221-34-5678</td><td>1961-02-03</td><td><input type=hidden name=mrn value='4829137'></td></tr></table><textarea name=n>z</textarea></html>",
    ),
    (
        "rtf",
        "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset128 A;}}{\\info{\\title T}}SSN: 536-22-8145\\par caf\\'e9 \\u8211-{\\deleted DOB 1957-03-14}\\trowd ssn\\cell dob\\cell\\row\\trowd 221-34-5678\\cell 1961-02-03\\cell\\row{\\v hid}{\\object{\\*\\objdata 00ff}}\\bin2 xx}",
    ),
    (
        "yaml",
        "---\n# c\nmembers:\n  - ssn: \"536-22-8145\"\n    name: {first: Maria, last: 'Del''gado', n: [1, 2]}\n    note: |\n      DOB: 1957-03-14\n  - &a ssn: 221-34-5678 # d\nz: *a\n",
    ),
    ("ini", "; c\n[patient]\nssn = 536-22-8145\nname=\"Maria Delgado\" ; c\nexport DOB: 1957-03-14\n[db]\nuser=x\n"),
    (
        "vcard",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Delgado;Maria;A\\;B;;\r\nFN:Maria Del\r\n gado\r\nBDAY:1957-03-14\r\nNOTE;ENCODING=QUOTED-PRINTABLE:caf=C3=A9 =\r\nnext\r\nPHOTO;ENCODING=b:U1NOIDUzNi0yMi04MTQ1\r\nEND:VCARD\r\n",
    ),
    (
        "icalendar",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260102\nSUMMARY:Visit\\nMaria DOB 1957-03-14\nATTENDEE;CN=\"Delgado, M\":mailto:m@x.org\nEND:VEVENT\nEND:VCALENDAR\n",
    ),
    (
        "icalendar",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:appt-4471902\nDTSTART:20260724T153000Z\nSUMMARY:Appt - Delgado, Maria\nDESCRIPTION:DOB 03/14/1957\\nMRN 4471902\\nIns: BCBS W484331624\nEND:VEVENT\nEND:VCALENDAR\n",
    ),
    (
        "ldif",
        "version: 1\ndn: uid=1,ou=x\ncn;lang-en: Maria\n  Delgado\nsn:: RGVsZ2Fkbw==\nssn: 536-22-8145\n\ndn: uid=2\nmail: a@b.org\n",
    ),
    (
        "messages",
        "2026-03-01 INFO got\nMSH|^~\\&|LAB|N|EHR|N|20260301||ADT^A01|1|P|2.5\nPID|1||448718^^^N^MR||DELGADO^MARIA||19520304|F\nOBX|1|TX|N||SSN 221-34-5678\nraw=[MSH|^~\\&|LAB\\rPID|1||551902^^^N^MR||OKAFOR^LENA\\rNK1|1|OKAFOR^SAM] sent\n",
    ),
    (
        "nested",
        "id,raw,note\n1,\"{\"\"ssn\"\": \"\"221-34-5678\"\", \"\"dob\"\": \"\"1957-03-14\"\", \"\"n\"\": [{\"\"a\"\": \"\"x\"\"}]}\",a\n2,\"MSH|^~\\&|LAB|N\rPID|1||448718^^^N^MR||DELGADO^MARIA||19520304|F\r\",b\n3,<p><ssn>221-34-5679</ssn></p>,c\n",
    ),
    (
        "nested",
        r#"[{"file":"a.csv","content":"patient_name,dob,ssn\n\"Delgado, Maria\",1957-03-14,221-34-5678\nOkafor,1962-01-02,221-34-5679\n"},{"body":"{\"ssn\": \"221-34-5678\"}"}]"#,
    ),
    (
        "logs",
        "2026-03-01 user=17 dob=1952-03-04 msg=\"ssn 221-34-5678\" ok\n2026-03-01 {\"ssn\":\"221-34-5678\",\"a\":{\"b\":1}}\nGET /find?ssn=221345678&dob=03%2F04%2F1952 HTTP/1.1\n",
    ),
];
