//! What values in text and in columns are, told from what stands around them.

use super::*;

use crate::finding::Confidence;
use crate::options::{Options, Reveal};

/// Values of an identifier in a text, at `likely` or higher.
fn found(identifier: Identifier, text: &str) -> Vec<String> {
    let engine = Engine::built_in().unwrap();
    let options = Options { matches: true, reveal: Reveal::Full, ..Options::default() };
    let document = crate::scan::scan_bytes(&engine, &options, "letter.txt", text.as_bytes());
    let likely = |m: &&crate::finding::Match| m.identifier == identifier && m.confidence >= Confidence::Likely;
    document.matches.iter().filter(likely).map(|m| m.value.clone()).collect()
}

#[test]
fn what_stands_near_says_what_a_value_is() {
    for (identifier, text, expected, because) in [
        (Identifier::NAME, "Maria Delgado\n48 Old Mill Rd\nMobile, AL 36609\n", vec!["Maria Delgado"], "a letter"),
        (Identifier::ADDRESS, "Maria Delgado\n48 Old Mill Rd\nMobile, AL 36609\n", vec!["48 Old Mill Rd"], "hers"),
        (Identifier::ADDRESS, "by a foundation at\n48 Old Mill Rd\nMobile, AL 36609\n", vec![], "nobody is near"),
        (Identifier::NAME, "we met Maria Delgado\n48 Old Mill Rd\nMobile, AL 36609\n", vec![], "not all of its line"),
        (Identifier::NAME, "Patient Maria Delgado, seen today", vec!["Maria Delgado"], "the title is no part of it"),
        (Identifier::NAME, "name: Install Everything", vec![], "a label of many things, and on no list"),
        (Identifier::SSN, "SSN of patient 536-22-8145", vec!["536-22-8145"], "patient is no label of a number"),
        (Identifier::GROUP_NUMBER, "<call name=\"exit_group\" number=\"4246\"/>", vec![], "no phrase"),
        (Identifier::GROUP_NUMBER, "Optimize `WaitGroup`. (#11957)", vec![], "a reference"),
        (Identifier::MRN, "patient ID 778899, call (646) 555-9988", vec!["778899"], "the label has its number"),
        (Identifier::NAME, "Maria Lopez, DOB 3/4/1952, was seen", vec!["Maria Lopez"], "whose birth date"),
        (Identifier::NAME, "see Maria Lopez. Her DOB is 3/4/1952", vec!["Maria Lopez"], "near a birth date"),
        (Identifier::NAME, "Maria Lopez was born in May", vec!["Maria Lopez"], "what people do"),
        (Identifier::BIRTH_DATE, "DOB 3/4/1952  Adm 11/02/2026  DC 11/06/2026", vec!["3/4/1952"], "it has its date"),
        (Identifier::BIRTH_DATE, "DOB 3/4/1952 and 7/9/1960", vec!["3/4/1952", "7/9/1960"], "a list"),
        (Identifier::MRN, "int mrn = 1000000;", vec![], "a constant"),
        (Identifier::MRN, "pub const MRN: u32 = 1048291;", vec![], "a constant"),
        (Identifier::MRN, "#define MRN 1048291", vec![], "a constant"),
        (Identifier::MRN, "    NET_RX_MRN = 131072,", vec![], "a constant"),
        (Identifier::MRN, "mrn=1048291;dob=x", vec!["1048291"], "a pair of a log"),
        (Identifier::ACCOUNT_NUMBER, "SYS_acct: c_long = 4000 + 51;", vec![], "a sum"),
        (
            Identifier::SSN,
            "seen in the spring clinic.\nSSN 219-44-\n8831 given",
            vec!["219-44-8831"],
            "no clinic has one",
        ),
        (Identifier::BIRTH_DATE, "DOB: 03/04/\r\n  1952 per chart", vec!["03/04/1952"], "over a line end"),
        (Identifier::SSN, "no. 482913 SSN 1, trace=536904398", vec![], "the key is its label"),
        (Identifier::SSN, "SSN: ５３６－９０－４３９８", vec!["536-90-4398"], "full width"),
        (Identifier::SSN, "SSN 536–90–4398", vec!["536-90-4398"], "typographic dashes"),
        (Identifier::SSN, "her social ends in 4471", vec!["4471"], "the last four"),
        (
            Identifier::DEVICE_ID,
            "implant (01)00643169007222(17)251231(10)A213B1(21)PJN482913H",
            vec!["(01)00643169007222(17)251231(10)A213B1(21)PJN482913H"],
            "a UDI",
        ),
        (Identifier::PAYMENT_CARD, "527D 5282 5281 5290 5293", vec![], "a row of a table"),
        (Identifier::ACCOUNT_NUMBER, "takes it into account.\n* #48291: moved", vec![], "an item of a list"),
        (Identifier::BIRTH_DATE, "3.3.5 \"Happy Birthday Beddy\" (2014-01-22)", vec![], "a quotation"),
        (Identifier::PHONE, "Harbor Supply Inc\n48 Oak Street\nphone 251-432-8841", vec![], "a firm's"),
        (Identifier::SERVICE_DATE, "MRN 4829137 seen 3/14/2021", vec!["3/14/2021"], "a patient's visit"),
        (Identifier::SERVICE_DATE, "it was seen 3/14/2021", vec![], "nobody is near"),
        (Identifier::FAX, "Phone 251-432-8841 Fax 251-432-8842", vec!["251-432-8842"], "each has its label"),
        (Identifier::PHONE, "Phone 251-432-8841 Fax 251-432-8842", vec!["251-432-8841"], "each has its label"),
        (Identifier::PHONE, "you can reach me at 646-392-9988", vec!["646-392-9988"], "words of a message"),
        (Identifier::BIRTH_DATE, "Date of birth?\n3 March 1962\n", vec!["3 March 1962"], "a label in the line above"),
        (Identifier::MRN, "Patient name      MRN\nMaria Lopez       4829137\n", vec!["4829137"], "under its label"),
        (
            Identifier::MEMBER_ID,
            "AGENT: May I have your member ID?\nCALLER: Yes, it is U48291357-01.\n",
            vec!["U48291357-01"],
            "question and answer",
        ),
        (
            Identifier::MEMBER_ID,
            "| Name | Member ID |\n|---|---|\n| Maria Lopez | XQZ804512345 |\n",
            vec!["XQZ804512345"],
            "a table in a text",
        ),
        (Identifier::MRN, "Bed 4: Ann Poe (DOB 3/4/1952, #WV-004309) in", vec!["WV-004309"], "beside a birth date"),
        (Identifier::MRN, "Bed #4309121: (DOB 3/4/1952, #12) in", vec![], "numbers of rooms"),
        (Identifier::MRN, "What is your chart number? 4829137", vec!["4829137"], "an answer in its line"),
        (Identifier::BIRTH_DATE, "Ann Lopez  3-4-52  MRN 4829137", vec!["3-4-52"], "between name and number"),
        (
            Identifier::SSN,
            "Employee      SSN            Hired on\nMaria Guadalupe Lopez      53690-4398      3/4/2020\n",
            vec!["53690-4398"],
            "a long name pushed it out from under its label",
        ),
        (Identifier::MRN, "born 3/4/1952, chart 5154-1397\n", vec!["5154-1397"], "a bare word, and a person near"),
        (Identifier::MRN, "see chart 5154-1397\n", vec![], "a bare word, and nobody near"),
        (Identifier::MEMBER_ID, "your member ID (for example 48291357)\n", vec![], "an example"),
    ] {
        assert_eq!(found(identifier, text), expected, "{text}: {because}");
    }
}

#[test]
fn alone_in_much_text_that_names_nobody_little_is_likely() {
    let filler = "It was a quiet week and nothing of note happened at all.\n".repeat(900);
    let text = |with: &str| format!("{filler}{with}\n{filler}");
    assert_eq!(found(Identifier::PHONE, &text("call 251-432-8841")).len(), 0, "anybody's");
    assert_eq!(found(Identifier::PHONE, &text("MRN 4829137, call 251-432-8841")).len(), 1, "a patient's");
    assert_eq!(found(Identifier::SSN, &text("SSN 219-44-8831")).len(), 1, "one in two thousand lines");
    assert_eq!(found(Identifier::SSN, &text("SSN 219-44-\n8831")).len(), 0, "over a line end, and nothing else found");
    assert_eq!(found(Identifier::SSN, &text("DOB 3/4/1952, SSN 219-44-\n8831")).len(), 1, "beside a birth date");
}

#[test]
fn what_a_column_as_a_whole_says() {
    let rows = |row: &dyn Fn(u32) -> String| -> String { (0..60).map(row).collect() };
    // Nine digits with the check digit of a bank, zeros in front kept.
    let bank = |n: u32| {
        let body = format!("{:08}", 1_100_015 + n * 517_293);
        let sum: u32 = body.bytes().zip([3, 7, 1, 3, 7, 1, 3, 7]).map(|(b, w)| u32::from(b - b'0') * w).sum();
        format!("{body}{},x,{}\n", (10 - sum % 10) % 10, n % 7)
    };
    assert_eq!(found(Identifier::SSN, &rows(&bank)).len(), 0, "routing numbers");
    let birth = |n: u32| 10_000 * (1931 + n * 37 % 80) + 100 * (1 + n % 12) + 1 + n % 28;
    let births = rows(&|n| format!("{},{:04},{}\n", birth(n), n * 7, n % 5));
    assert_eq!(found(Identifier::BIRTH_DATE, &births).len(), 60, "no random number is a day each time");
    let series = rows(&|n| format!("{}-03-01,{},{}\n", 1940 + n, n * 31 % 17, n % 5));
    assert_eq!(found(Identifier::BIRTH_DATE, &series).len(), 0, "one year after the other");
    let titled = format!(
        "Lakeside roster,,\nMarch,,\nMember ID,Plan,Paid\n{}",
        rows(&|n| format!("ZGP{},A,{n}\n", 400_210_337 + u64::from(n) * 7_310_101))
    );
    assert_eq!(found(Identifier::MEMBER_ID, &titled).len(), 60, "title lines filled up with empty fields");
    let names = ["Maria Delgado", "Kevin Marsh", "Susan Boyle", "Brian Stokes", "Nancy Vance"];
    let named = rows(&|n| format!("{},{},{}\n", names[n as usize % 5], n * 7, n % 5));
    assert_eq!(found(Identifier::NAME, &format!("Name,Points,Rank\n{named}")).len(), 60, "the lists know them");
    let things = rows(&|n| format!("{},{},{}\n", ["Garden Hose", "Steel Rake"][n as usize % 2], n * 7, n % 5));
    assert_eq!(found(Identifier::NAME, &format!("Name,Points,Rank\n{things}")).len(), 0, "nobody's");
    let serial = |n: u32| format!("PJ{}", 4_829_137 + n * 3_511);
    let stock = rows(&|n| format!("{},{},{}\n", serial(n), n * 7, n % 5));
    assert_eq!(found(Identifier::DEVICE_ID, &format!("Serial,Points,Rank\n{stock}")).len(), 0, "an inventory");
    let implants = rows(&|n| format!("{},{},{}\n", serial(n), 4_829_137 + n * 211, n % 5));
    assert_eq!(found(Identifier::DEVICE_ID, &format!("Serial,MRN,Side\n{implants}")).len(), 60, "patients'");
    let books = rows(&|n| format!("{}-03-{:02},{},{}\n", 1950 + n * 37 % 71, 1 + n % 28, n * 7, n % 5));
    assert_eq!(found(Identifier::BIRTH_DATE, &format!("Published,Pages,Shelf\n{books}")).len(), 0, "of books");
}

#[test]
fn what_payers_and_warehouses_put_between_fields_is_a_delimiter() {
    for delimiter in ["~", "^", "\u{1}", "\u{1f}"] {
        let row = |n: u32| format!("{n}|S{:03}-{:02}-{:04}|x@y{n}.org|1\n", 221 + n, 21 + n, 3104 + n * 71);
        let rows: String = (0..60).map(row).collect::<String>().replace("|S", "|").replace('|', delimiter);
        let header = "no|ssn|mail|unit\n".replace('|', delimiter);
        assert_eq!(found(Identifier::SSN, &format!("{header}{rows}")).len(), 60, "{delimiter:?}");
        assert_eq!(found(Identifier::EMAIL, &format!("{header}{rows}"))[0], "x@y0.org", "{delimiter:?}");
    }
}

#[test]
fn a_column_of_names_needs_no_header_but_company() {
    let surnames = [
        "MCDERMOTT",
        "GARCIA",
        "SMITH",
        "JOHNSON",
        "NGUYEN",
        "WILLIAMS",
        "QUINTZALLI",
        "BROWN",
        "MILLER",
        "DAVIS",
        "LOPEZ",
        "WILSON",
        "ANDERSON",
        "THOMAS",
    ];
    let row = |with: &dyn Fn(usize) -> String| -> String {
        (0..14).map(|n| format!("{},{},{}\n", with(n), surnames[n], 100 + n * 7)).collect()
    };
    let ssns = row(&|n| format!("{:03}-{:02}-{:04}", 221 + n * 13, 21 + n * 3, 3104 + n * 271));
    assert_eq!(found(Identifier::NAME, &ssns).len(), 14, "the rare one too");
    assert_eq!(found(Identifier::NAME, &row(&|n| format!("{}", n + 2))).len(), 0, "nobody near");
}

#[test]
fn columns_without_a_name_are_told_by_the_persons_beside_them() {
    let surnames = ["GARCIA", "SMITH", "JOHNSON", "NGUYEN", "WILLIAMS", "BROWN", "MILLER", "DAVIS", "LOPEZ", "WILSON"];
    let given = ["MARIA", "JAMES", "LINDA", "ROBERT", "SUSAN", "DAVID", "NANCY"];
    let table = |number: &dyn Fn(usize) -> String, day: &dyn Fn(usize) -> String| -> String {
        let row = |n: usize| {
            let birth = format!("{:02}/{:02}/{}", 1 + n % 12, 1 + n * 5 % 28, 1931 + n * 37 % 80);
            let (family, first) = (surnames[n % 10], given[n % 7]);
            format!("R,{},{family},{first},{birth},{},GLU,{}\n", number(n), day(n), 80 + n * 7 % 90)
        };
        (0..40).map(row).collect()
    };
    let number = |n: usize| format!("LB{}", 9_538_155 + n * n * 7_919);
    let seen = |n: usize| format!("{:02}/{:02}/2025 08:4{}", 1 + n * 7 % 12, 1 + n * 11 % 28, n % 10);
    let text = table(&number, &seen);
    assert_eq!(found(Identifier::MRN, &text).len(), 40, "one number for each name, before it");
    assert_eq!(found(Identifier::SERVICE_DATE, &text).len(), 40, "days of last years in records of persons");
    let counted = table(&|n| format!("{}", 100_237 + n), &|n| format!("01/01/20{:02}", 14 + n % 11));
    assert_eq!(found(Identifier::MRN, &counted), Vec::<String>::new(), "counted up");
    assert_eq!(found(Identifier::SERVICE_DATE, &counted), Vec::<String>::new(), "beginnings of years");
    let others = table(&|n| format!("{}", 100_237 + n % 3), &|n| format!("{}", 1900 + n));
    assert_eq!(found(Identifier::MRN, &others), Vec::<String>::new(), "three numbers for forty names");
    assert_eq!(found(Identifier::SERVICE_DATE, &others), Vec::<String>::new(), "figures");
}
