//! A worklist as it comes back from a spreadsheet → decisions. In: the bytes of a file, with any encoding, separator and order of
//! columns a spreadsheet saves. Out: the rows that decide something, and what is wrong, each with its line. Refuses a file
//! without the columns a decision needs.

use super::day::{self, Order};
use super::{Decided, Problem};
use crate::decisions::Disposition;
use crate::report::csv::Saved;
use crate::spelling;

/// Columns that must be there.
const NEEDED: [&str; 5] = ["worklist_id", "disposition", "who", "until", "reason"];

/// The rows that decide something.
pub(super) struct Table {
    pub(super) decided: Vec<Decided>,
    pub(super) problems: Vec<Problem>,
    /// Rows without a decision.
    pub(super) open: usize,
}

/// Reads the table; `today` and `latest` bound the days.
pub(super) fn read(bytes: &[u8], today: &str, latest: &str) -> Result<Table, String> {
    let saved = Saved::read(bytes)?;
    let missing = saved.missing(&NEEDED);
    if !missing.is_empty() {
        return Err(format!("no worklist: it has no column {}", missing.join(", ")));
    }
    let decides = || saved.rows().filter(|row| !row.get("disposition").is_empty());
    let order = {
        let days: Vec<String> = decides().map(|row| row.get("until").to_string()).collect();
        day::order(days.iter().map(String::as_str))
    };
    let mut table = Table { decided: Vec::new(), problems: Vec::new(), open: saved.rows().count() - decides().count() };
    for row in decides() {
        match decision(row.line, |name| row.get(name).to_string(), order, today, latest) {
            Ok(decided) => table.decided.push(decided),
            Err(what) => table.problems.extend(what.into_iter().map(|what| Problem { line: row.line, what })),
        }
    }
    Ok(table)
}

/// One row; everything that is wrong with it.
fn decision(
    line: u64,
    get: impl Fn(&str) -> String,
    order: Option<Order>,
    today: &str,
    latest: &str,
) -> Result<Decided, Vec<String>> {
    let mut wrong = Vec::new();
    let id = get("worklist_id").to_uppercase();
    if id.is_empty() {
        wrong
            .push("this row has no worklist_id: it stands for many feeds, and cannot be decided on as one".to_string());
    }
    let said = get("disposition").to_lowercase().replace([' ', '_'], "-");
    let known = || Disposition::ALL.into_iter().filter(|one| *one != Disposition::Accepted);
    let disposition = known().find(|one| one.name() == said);
    if disposition.is_none() {
        let names: Vec<&str> = known().map(Disposition::name).collect();
        let near = spelling::hint(&said, names.iter().copied());
        wrong.push(format!("disposition {:?} is none of {}{near}", get("disposition"), names.join(", ")));
    }
    let (who, reason) = (get("who"), get("reason"));
    for (name, text) in [("who", &who), ("reason", &reason)] {
        if text.is_empty() {
            wrong.push(format!("`{name}` is empty: a decision needs who, until and reason"));
        }
    }
    let cell = get("until");
    let between_slashes = cell.contains('/') && !cell.starts_with("20");
    let until = match order {
        None if between_slashes => None,
        order => day::day(&cell, order.unwrap_or(Order::MonthFirst)),
    };
    match &until {
        None if cell.is_empty() => wrong.push("`until` is empty: a decision needs who, until and reason".to_string()),
        None if order.is_none() && between_slashes => wrong.push(format!(
            "until {cell:?}: some days of this column have the month first and some the day; write 2026-12-31"
        )),
        None => wrong.push(format!("until {cell:?} is no day; write it as 2026-12-31")),
        Some(day) if day.as_str() < today => wrong.push(format!("until {day} has passed")),
        Some(day) if day.as_str() > latest => wrong.push(format!("until {day} is more than a year ahead: {latest}")),
        Some(_) => {}
    }
    match (disposition, until) {
        (Some(disposition), Some(until)) if wrong.is_empty() => {
            Ok(Decided { line, id, run_id: get("run_id"), disposition, who, until, reason, ticket: get("ticket") })
        }
        _ => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Table {
        super::read(bytes, "2026-11-22", "2027-11-23").unwrap()
    }

    #[test]
    fn what_spreadsheets_do_to_a_table_does_no_harm() {
        let plain = "worklist_id,series,disposition,ticket,who,until,reason\r\n\
                     W-A,'=x,false-alarm,T-1,\"Doe, J.\",2026-12-31,\"counter, no SSN\"\r\nW-B,y,,,,,\r\n";
        let moved = "Reason;Until;extra;WHO;Disposition;worklist_id;ticket\n\
                     \"counter, no SSN\";31.12.2026;1;\"Doe, J.\";False Alarm;'W-A;T-1\n;;;;;W-B;\n;;;;;;\n";
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(
                plain
                    .replace(',', "\t")
                    .replace("Doe\t", "Doe,")
                    .replace("counter\t", "counter,")
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes),
            )
            .collect();
        for bytes in [
            plain.as_bytes(),
            format!("\u{feff}{plain}").as_bytes(),
            format!("sep=,\n{plain}").as_bytes(),
            moved.as_bytes(),
            &utf16,
        ] {
            let table = read(bytes);
            assert!(table.problems.is_empty(), "{:?}", table.problems);
            assert_eq!((table.decided.len(), table.open), (1, 1));
            let one = &table.decided[0];
            assert_eq!((one.id.as_str(), one.disposition), ("W-A", Disposition::FalseAlarm));
            assert_eq!((one.who.as_str(), one.until.as_str()), ("Doe, J.", "2026-12-31"));
            assert_eq!((one.reason.as_str(), one.ticket.as_str()), ("counter, no SSN", "T-1"));
        }
    }

    #[test]
    fn each_mistake_is_told_with_its_line() {
        let table = read(
            b"worklist_id,disposition,who,until,reason\n\
              W-A,false-alram,x,2026-12-31,y\n\
              W-B,agreed,,2026-12-31,y\n\
              W-C,agreed,x,2020-01-01,\n\
              W-D,agreed,x,2030-01-01,y\n\
              W-E,agreed,x,soon,y\n\
              ,agreed,x,2026-12-31,y\n\
              \"W-F\",agreed,x,2026-12-31,\"two\nlines\"\n\
              W-G,agreed,x,,y\n",
        );
        let told: Vec<String> =
            table.problems.iter().map(|problem| format!("{}: {}", problem.line, problem.what)).collect();
        for (at, part) in [
            (0, "2: disposition \"false-alram\" is none of false-alarm"),
            (0, "did you mean false-alarm?"),
            (1, "3: `who` is empty"),
            (2, "4: `reason` is empty"),
            (3, "4: until 2020-01-01 has passed"),
            (4, "5: until 2030-01-01 is more than a year ahead"),
            (5, "6: until \"soon\" is no day"),
            (6, "7: this row has no worklist_id"),
            (7, "10: `until` is empty"),
        ] {
            assert!(told[at].contains(part), "{told:#?}");
        }
        assert_eq!((told.len(), table.decided.len()), (8, 1));
    }

    #[test]
    fn other_tables_are_refused() {
        let refused = super::read(b"a,b\n1,2\n", "", "").err().unwrap();
        assert!(refused.contains("no column worklist_id, disposition, who, until, reason"), "{refused}");
        assert!(super::read(b"", "", "").is_err());
    }
}
