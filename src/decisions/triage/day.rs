//! A cell with a day in it, as spreadsheets write them → `YYYY-MM-DD`. In: a text, and whether the day stands before the month
//! where both could be meant. Out: the day. Refuses what is no day, and two figures of which nobody can say which is the month.

/// Which of two figures between slashes is the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    MonthFirst,
    DayFirst,
}

/// How the days between slashes of a column are written: month first, as a spreadsheet in the United States does, unless
/// one of them shows that it is not. `None` if they contradict each other.
pub(super) fn order<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Order> {
    let (mut month, mut day) = (false, false);
    for cell in cells {
        let Some([a, b, _]) = figures(first_word(cell), '/') else { continue };
        month |= a <= 12 && b > 12;
        day |= a > 12 && a <= 31 && b <= 12;
    }
    match (month, day) {
        (true, true) => None,
        (false, true) => Some(Order::DayFirst),
        _ => Some(Order::MonthFirst),
    }
}

/// Reads a day.
pub(super) fn day(cell: &str, order: Order) -> Option<String> {
    let cell = cell.trim();
    let word = first_word(cell);
    if let Some([year, month, day]) =
        figures(word, '-').or_else(|| figures(word, '/')).filter(|[year, ..]| *year > 1900)
    {
        return calendar(year, month, day);
    }
    if let Some([a, b, year]) = figures(word, '/') {
        let (month, day) = if order == Order::DayFirst { (b, a) } else { (a, b) };
        return calendar(full(year), month, day);
    }
    if let Some([day, month, year]) = figures(word, '.') {
        return calendar(full(year), month, day);
    }
    named(cell).or_else(|| serial(cell))
}

/// The time of day, which a spreadsheet may have added, left off.
fn first_word(cell: &str) -> &str {
    let cell = cell.trim();
    let end = cell.find([' ', 'T']).filter(|at| cell[..*at].bytes().any(|b| b.is_ascii_digit()));
    end.map_or(cell, |at| &cell[..at])
}

fn figures(word: &str, between: char) -> Option<[i64; 3]> {
    let mut parts = word.split(between).map(|part| {
        let digits = !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    });
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

/// A year of two figures is one of this century: decisions lie ahead.
fn full(year: i64) -> i64 {
    if year < 100 { 2000 + year } else { year }
}

/// `31-Dec-26`, `31 December 2026`, `Dec 31, 2026`.
fn named(cell: &str) -> Option<String> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<&str> = cell.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| word.parse::<i64>().ok();
    let month = |word: &str| {
        let word = word.to_ascii_lowercase();
        let at = MONTHS.iter().position(|month| word.starts_with(month))?;
        i64::try_from(at + 1).ok()
    };
    let (day, month, year) = match words.as_slice() {
        [a, b, c, ..] if number(a).is_some() => (number(a)?, month(b)?, number(c)?),
        [a, b, c, ..] => (number(b)?, month(a)?, number(c)?),
        _ => return None,
    };
    calendar(full(year), month, day)
}

/// A number of days, as a spreadsheet counts them where a cell lost its format: day 1 is 1900-01-01, and it holds 1900 for
/// a leap year, so that from March 1900 day 0 is 1899-12-30.
fn serial(cell: &str) -> Option<String> {
    const FIRST: i64 = 40_000; // 2009-07-06
    const LAST: i64 = 80_000; // 2119-01-10
    let whole = cell.split_once('.').map_or(cell, |(whole, _)| whole);
    let days = whole.parse::<i64>().ok().filter(|days| (FIRST..=LAST).contains(days))?;
    let start = jiff::civil::date(1899, 12, 30);
    start.checked_add(jiff::Span::new().days(days)).ok().map(|date| date.to_string())
}

fn calendar(year: i64, month: i64, day: i64) -> Option<String> {
    let (year, month, day) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    jiff::civil::Date::new(year, month, day).ok().filter(|_| (2000..=2999).contains(&year)).map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_spreadsheets_write_them() {
        for cell in [
            "2026-12-31",
            "2026-12-31T00:00:00Z",
            "2026-12-31 00:00:00",
            "2026/12/31",
            "12/31/2026",
            "12/31/26",
            "12/31/2026 12:00:00 AM",
            "31.12.2026",
            "31.12.26",
            "31-Dec-26",
            "31 December 2026",
            "Dec 31, 2026",
            "46387",
            "46387.0",
            " 2026-12-31 ",
        ] {
            assert_eq!(day(cell, Order::MonthFirst).as_deref(), Some("2026-12-31"), "{cell}");
        }
        assert_eq!(day("31/12/2026", Order::DayFirst).as_deref(), Some("2026-12-31"));
        for cell in
            ["", "soon", "2026-13-01", "31/12/2026", "30/2/2026", "1", "12/2026", "2026", "99999999999", "--", "ä"]
        {
            assert_eq!(day(cell, Order::MonthFirst), None, "{cell}");
        }
    }

    #[test]
    fn a_column_shows_which_figure_is_the_month() {
        let order = |cells: &[&str]| order(cells.iter().copied());
        assert_eq!(order(&["3/4/2027", "12/31/2026"]), Some(Order::MonthFirst));
        assert_eq!(order(&["3/4/2027", "31/12/2026"]), Some(Order::DayFirst));
        assert_eq!(order(&["12/31/2026", "31/12/2026"]), None);
        assert_eq!(order(&["2026-12-31"]), Some(Order::MonthFirst));
    }
}
