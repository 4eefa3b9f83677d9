//! The page itself. In: the run, its summary, sums and rows. Out: HTML up to the data of the table, and what follows it.
//! Refuses nothing.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::finding::{Size, Summary};
use crate::gap::Class;
use crate::identifier::TABLE;
use crate::report::html::charts::{WORST_FIRST, bar, in_words, plain_bar};
use crate::report::html::rows::Row;
use crate::report::html::sums::{AGES, READERS, Sums};
use crate::report::html::trend::{Closed, Point, changed, changes, section};
use crate::report::records::decimals;
use crate::report::words::{about_number, count, plain, size, thousands};
use crate::scan::Run;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Rows that stand in the page without a script.
const FIRST_ROWS: usize = 50;

/// Folders shown.
const FOLDERS: usize = 12;

/// All that the page says.
pub(super) struct Page<'a> {
    pub(super) run: &'a Run,
    pub(super) summary: &'a Summary,
    pub(super) sums: &'a Sums,
    pub(super) rows: &'a [Row],
    /// Findings, those without a row too.
    pub(super) all: u64,
    /// The last runs of a sweep.
    pub(super) trend: &'a [Point],
    pub(super) closed: Closed,
}

impl Page<'_> {
    /// All up to the data.
    pub(super) fn head(&self) -> String {
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            base64(&Sha256::digest(STYLE.as_bytes())),
            base64(&Sha256::digest(SCRIPT.as_bytes()))
        );
        let names: Vec<String> = self.run.roots.iter().take(3).map(|root| plain(&root.name)).collect();
        let more = self.run.roots.len().saturating_sub(names.len());
        let title = names.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() };
        let page = html! {
            (DOCTYPE)
            (PreEscaped("<!-- phisweep report -->"))
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="referrer" content="no-referrer";
                    meta name="generator" content={"phisweep " (self.run.version)};
                    title { "phisweep: " (title) }
                    style { (PreEscaped(STYLE)) }
                }
                (PreEscaped("<body>"))
                a.skip href="#table" { "To the findings" }
                header.top {
                    b { "phisweep" }
                    span { bdi { (title) } }
                    span { (self.run.started) }
                }
                (PreEscaped("<main>"))
                (self.verdict())
                (changed(&self.sums.states, self.closed))
                (self.first())
                (section(self.trend))
                (self.officer())
                (self.identifiers())
                (self.access())
                (self.places())
                (self.coverage())
                (self.table())
            }
        };
        // The data and the script follow inside of the body.
        let mut text = page.into_string();
        text.truncate(text.len() - "</html>".len());
        text.push_str("</main><script type=\"application/json\" id=\"data\">");
        text
    }

    /// All behind the data.
    pub(super) fn tail(&self) -> String {
        let foot = html! {
            footer.foot {
                p {
                    "phisweep " (self.run.version) ", run " (self.run.run_id) ", host " (plain(&self.run.host)) ", rules " (self.run.ruleset) ". "
                    "This file holds no values, but it says where they are: treat it as confidential."
                }
            }
        };
        format!("</script>{}<script>{SCRIPT}</script></body></html>\n", foot.into_string())
    }

    fn listed(&self) -> u64 {
        self.summary.findings.iter().sum()
    }

    /// Individuals with their range.
    fn people(&self) -> String {
        let Summary { people, people_low, people_high, .. } = *self.summary;
        let mut text = count(people, "individual", "individuals");
        if people_low != people_high {
            text += &format!(" (between {} and {})", thousands(people_low), thousands(people_high));
        }
        text
    }

    /// What matters, in one sentence.
    fn sentence(&self) -> String {
        let serious = [self.summary.findings[4], self.summary.findings[3]];
        let open = |n: u64, severity: usize| n - self.summary.accepted[severity].min(n);
        let serious = [(open(serious[0], 4), "critical"), (open(serious[1], 3), "high")];
        let words: Vec<String> =
            serious.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", thousands(n))).collect();
        let people = self.summary.people;
        if !words.is_empty() {
            let total: u64 = serious.iter().map(|(n, _)| n).sum();
            let findings = if total == 1 { "finding" } else { "findings" };
            return match people {
                0 => format!("{} {findings}", words.join(" and ")),
                _ => format!(
                    "Data of {} in {}: {} {findings}",
                    count(people, "individual", "individuals"),
                    count(self.sums.documents_with_findings, "document", "documents"),
                    words.join(" and ")
                ),
            };
        }
        match self.listed() {
            0 if self.summary.gaps[Class::Blind as usize] > 0 => {
                "Nothing was found in what could be read; not all of it could".to_string()
            }
            0 => "Nothing was found".to_string(),
            n => format!("{}, none of them critical or high", count(n, "finding", "findings")),
        }
    }

    fn verdict(&self) -> Markup {
        let summary = self.summary;
        let blind = summary.gaps[Class::Blind as usize];
        let documents = &summary.documents;
        html! {
            section aria-labelledby="verdict" {
                h1 id="verdict" { (self.sentence()) }
                p.lead {
                    @if !summary.complete { strong { "The run did not come to its end: this is only a part. " } }
                    @if blind == 0 { "All that could hold data was read." }
                    @else { (count(blind, "place", "places")) " that could hold data " (if blind == 1 { "was" } else { "were" }) " not read: nothing is known about " (if blind == 1 { "it" } else { "them" }) "." }
                    @if summary.people > 0 { " Counts say whose data lies here, not who has seen it." }
                }
                dl.figures {
                    div {
                        dt { "Individuals" } dd { (thousands(summary.people)) }
                        @if summary.people_low != summary.people_high {
                            dd { "between " (thousands(summary.people_low)) " and " (thousands(summary.people_high)) }
                        }
                    }
                    div {
                        dt { "Findings" } dd { (thousands(self.listed())) }
                        @if self.listed() > 0 { dd { (in_words(&summary.findings)) } }
                    }
                    div {
                        dt { "Documents read" } dd { (thousands(documents.complete + documents.partial)) }
                        dd { (size(summary.bytes)) @if documents.partial > 0 { ", " (thousands(documents.partial)) " in part" } }
                    }
                    div {
                        dt { "Not read" } dd { (thousands(blind)) }
                        dd { (thousands(summary.gaps[Class::Protected as usize])) " more encrypted" }
                    }
                }
                (self.marks())
            }
        }
    }

    /// Sizes with their sentence. No path stands here.
    fn marks(&self) -> Markup {
        let marked: Vec<&Size> = self.summary.sizes.iter().filter(|size| !size.marks().is_empty()).collect();
        let roots = marked.iter().filter(|size| size.series.is_none()).count() as u64;
        let mut marks: Vec<&str> = marked.iter().flat_map(|size| size.marks()).collect();
        marks.sort_unstable();
        marks.dedup();
        html! {
            @if !marked.is_empty() {
                p.note {
                    strong { (marks.join(", ")) }
                    @if self.run.roots.len() > 1 { " (" (count(roots, "starting point", "starting points")) ")" }
                    ". " (Size::SENTENCE)
                }
            }
        }
    }

    /// What would help most.
    fn first(&self) -> Markup {
        let mut hints: Vec<(&&str, &u64)> = self.sums.hints.iter().collect();
        hints.sort_by_key(|(hint, n)| (std::cmp::Reverse(**n), **hint));
        let (folders, all) = self.sums.worst_folders(FOLDERS);
        let longest = folders.iter().map(|(_, part)| part.findings.iter().sum()).max().unwrap_or(0);
        html! {
            @if !folders.is_empty() {
                section aria-labelledby="where" {
                    h2 id="where" { "Where it lies" }
                    (legend())
                    table {
                        caption { "Folders, the worst first" @if all > folders.len() { "; " (folders.len()) " of " (thousands(all as u64)) } }
                        thead { tr { th scope="col" { "Folder" } th scope="col" { span aria-hidden="true" { "Findings by severity" } } th.n scope="col" { "Findings" } th.n.wide scope="col" { "Documents" } } }
                        tbody {
                            @for (folder, part) in &folders {
                                tr {
                                    th.path scope="row" { bdi { (folder) } }
                                    td.bar { (bar(&part.findings, longest)) }
                                    td.n { (thousands(part.findings.iter().sum())) }
                                    td.n.wide { (thousands(part.documents)) }
                                }
                            }
                        }
                    }
                    @if !hints.is_empty() {
                        h3 { "What would help most" }
                        ul { @for (hint, n) in hints { li { (action(hint)) ": " (count(*n, "finding", "findings")) } } }
                    }
                }
            }
        }
    }

    fn identifiers(&self) -> Markup {
        let letters = self.sums.letters();
        let longest = self.sums.identifiers.values().map(|of| of.findings.iter().sum()).max().unwrap_or(0);
        html! {
            @if !letters.is_empty() {
                section aria-labelledby="what" {
                    h2 id="what" { "What was found" }
                    p.soft { "By identifier, in the order of the letters of 45 CFR 164.514(b)(2)(i)." }
                    table aria-labelledby="what" {
                        thead { tr { th scope="col" { "Identifier" } th scope="col" { span aria-hidden="true" { "Findings by severity" } } th.n scope="col" { "Findings" } th.n scope="col" { "Values" } } }
                        tbody {
                            @for (letter, identifiers) in &letters {
                                @for (identifier, of) in identifiers {
                                    tr {
                                        th scope="row" { span.letter { (letter) } (identifier.info().words) }
                                        td.bar { (bar(&of.findings, longest)) }
                                        td.n { (thousands(of.findings.iter().sum())) }
                                        td.n { (thousands(of.values)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Identifier by who can read it, and age.
    fn access(&self) -> Markup {
        let used: Vec<usize> = (0..READERS.len())
            .filter(|reader| self.sums.identifiers.values().any(|of| of.plaintext[*reader] > 0))
            .collect();
        let longest = self.sums.ages.iter().copied().max().unwrap_or(0);
        html! {
            @if !used.is_empty() {
                div.two {
                    section aria-labelledby="who" {
                        h2 id="who" { "Who can read it" }
                        div.scroll tabindex="0" role="region" aria-labelledby="who" {
                            table.heat {
                                caption { "Findings in plaintext, by the file's own permissions" }
                                thead { tr { th scope="col" { "Identifier" } @for reader in &used { th.n scope="col" { (READERS[*reader].name()) } } } }
                                tbody {
                                    @for (identifier, of) in self.sums.letters().into_values().flatten().filter(|(_, of)| of.plaintext.iter().any(|n| *n > 0)) {
                                        tr {
                                            th scope="row" { (identifier.name()) }
                                            @for reader in &used {
                                                @let n = of.plaintext[*reader];
                                                td class={"n " (heat(*reader, n))} { @if n > 0 { (thousands(n)) } @else { span.soft { "0" } } }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                    section aria-labelledby="age" {
                        h2 id="age" { "How old it is" }
                        table {
                            caption { "Documents with findings, by last change" }
                            thead { tr { th scope="col" { "Changed" } th scope="col" { span aria-hidden="true" { "Documents" } } th.n scope="col" { "Documents" } } }
                            tbody {
                                @for ((_, name), n) in AGES.iter().zip(self.sums.ages) {
                                    tr { th scope="row" { (name) } td.bar { (plain_bar(n, longest, &count(n, "document", "documents"))) } td.n { (thousands(n)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// By starting point.
    fn places(&self) -> Markup {
        let summary = self.summary;
        html! {
            @if self.run.roots.len() > 1 {
                section aria-labelledby="roots" {
                    h2 id="roots" { "By starting point" }
                    p.soft { "People of several starting points need not belong together." }
                    div.scroll tabindex="0" role="region" aria-labelledby="roots" {
                        table aria-labelledby="roots" {
                            thead { tr { th scope="col" { "Starting point" } th.n scope="col" { "Individuals" } th scope="col" { "Findings" } th.n scope="col" { "Documents" } th.n scope="col" { "Not read" } } }
                            tbody {
                                @for (number, root) in self.run.roots.iter().enumerate() {
                                    @let part = self.sums.by_root.get(&number).cloned().unwrap_or_default();
                                    @let of = summary.sizes.iter().find(|size| size.root == number && size.series.is_none());
                                    tr {
                                        th.path scope="row" { bdi { (plain(&root.name)) } }
                                        td.n { @match of { Some(of) => (thousands(of.people)), None => "0" } }
                                        td { (in_words(&part.findings)) }
                                        td.n { (thousands(part.documents)) }
                                        td.n { (thousands(part.blind)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn coverage(&self) -> Markup {
        let documents = &self.summary.documents;
        html! {
            section aria-labelledby="coverage" {
                h2 id="coverage" { "What was read, and what was not" }
                p {
                    (count(documents.complete, "document", "documents")) " read in full, " (thousands(documents.partial)) " in part; "
                    (thousands(documents.inert)) " hold no records, " (thousands(documents.skipped)) " skipped, "
                    (thousands(documents.excluded)) " left out as asked."
                }
                @if !self.sums.reasons.is_empty() {
                    table aria-labelledby="coverage" {
                        thead { tr { th scope="col" { "Why" } th scope="col" { "What that means" } th.n scope="col" { "Places" } th.n.wide scope="col" { "Bytes" } th scope="col" { "The first" } } }
                        tbody {
                            @for ((class, reason), of) in &self.sums.reasons {
                                tr {
                                    th scope="row" { (reason.name()) }
                                    td { (class_words(*class)) }
                                    td.n { (thousands(of.gaps)) }
                                    td.n.wide { @if of.bytes > 0 { (size(of.bytes)) } }
                                    td.path { bdi { (of.first) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// One page for a privacy officer: no path, no name of a file or folder.
    fn officer(&self) -> Markup {
        let summary = self.summary;
        let of = &summary.people_of;
        let mut states: Vec<(&&str, &u64)> = of.states.iter().collect();
        states.sort_by_key(|(state, people)| (std::cmp::Reverse(**people), **state));
        let states: Vec<String> =
            states.iter().take(12).map(|(state, people)| format!("{state} {}", thousands(**people))).collect();
        let more = of.states.len().saturating_sub(12);
        let letters = self.sums.letters();
        let readers = READERS.iter().zip(self.sums.readers).filter(|(_, n)| *n > 0);
        let readers: Vec<String> = readers.map(|(reader, n)| format!("{} {}", thousands(n), reader.name())).collect();
        html! {
            section.officer id="officer" aria-labelledby="officer-title" {
                h2 id="officer-title" { "For the privacy officer" button type="button" id="print" hidden { "Print this page" } }
                p.soft { "Scan of " (self.run.started) ", run " (self.run.run_id) ". No paths and no values stand here." }
                p { strong { (self.sentence()) "." } " " (self.people()) "." @if self.run.roots.len() > 1 { " Over several starting points this number is for scale only." } }
                table aria-labelledby="officer-title" {
                    tbody {
                        @for severity in WORST_FIRST {
                            @let n = summary.findings[severity as usize];
                            @if n > 0 { tr { th scope="row" { span class={"sev sev" (severity as usize)} { (severity.name()) } } td { (count(n, "finding", "findings")) @if summary.accepted[severity as usize] > 0 { ", " (thousands(summary.accepted[severity as usize])) " of them accepted" } } } }
                        }
                        @if summary.people > 0 {
                            tr { th scope="row" { "By state" } td { (states.join(", ")) @if more > 0 { ", " (more) " more states" } @if !states.is_empty() { ", " } "not known " (thousands(of.state_unknown(summary.people))) } }
                            tr { th scope="row" { "By age" } td { "under 18: " (thousands(of.under_18)) "; over 89: " (thousands(of.over_89)) "; deceased: " (thousands(of.deceased)) } }
                        }
                        tr { th scope="row" { "Identifiers" } td {
                            @if letters.is_empty() { "none found" }
                            @for (letter, identifiers) in &letters {
                                @for (n, (identifier, _)) in identifiers.iter().enumerate() {
                                    @if n == 0 { span { @if !letter.is_empty() { (letter) ": " } } } @else { ", " }
                                    (identifier.info().words)
                                }
                                ". "
                            }
                        } }
                        @if !readers.is_empty() { tr { th scope="row" { "Documents readable by" } td { (readers.join(", ")) } } }
                        tr { th scope="row" { "Read" } td { (count(summary.documents.complete, "document", "documents")) " in full, " (thousands(summary.documents.partial)) " in part, " (size(summary.bytes)) } }
                        tr { th scope="row" { "Not read" } td { (count(summary.gaps[Class::Blind as usize], "place", "places")) " that could hold data, " (thousands(summary.gaps[Class::Protected as usize])) " encrypted" } }
                        tr { th scope="row" { "Expected errors" } td {
                            (thousands(self.listed())) " listed, about " (about_number(decimals(summary.listed_false, 100.0))) " expected wrong; "
                            (thousands(summary.unlisted)) " not listed, about " (about_number(decimals(summary.unlisted_true, 100.0))) " expected real"
                        } }
                        tr { th scope="row" { "Changed since last time" } td {
                            (changes(&self.sums.states, self.closed).unwrap_or_else(|| "not known: one scan has no last time".to_string()))
                        } }
                    }
                }
                (self.marks())
            }
        }
    }

    fn table(&self) -> Markup {
        let shown = self.rows.len();
        let filters = [
            ("severity", "Severity"),
            ("identifier", "Identifier"),
            ("readers", "Readable by"),
            ("protection", "Protection"),
            ("root", "Starting point"),
        ];
        html! {
            section id="table" aria-labelledby="table-title" {
                h2 id="table-title" { "Findings" }
                @if (shown as u64) < self.all {
                    p.note { "The worst " (thousands(shown as u64)) " of " (thousands(self.all)) " findings; findings.csv has them all." }
                }
                @if shown > FIRST_ROWS { p.soft id="first" { "The first " (FIRST_ROWS) ". With scripts on, all can be searched and sorted here." } }
                @else { p.soft id="first" hidden {} }
                div.filters id="filters" role="search" hidden {
                    label { "Path, place, identifier or id" input id="search" type="search" autocomplete="off" spellcheck="false"; }
                    @for (key, label) in filters {
                        label { (label) select data-filter=(key) { option value="" { "all" } } }
                    }
                }
                div.pages id="pages" hidden {
                    button type="button" id="previous" { "Previous" }
                    span id="status" role="status" {}
                    button type="button" id="next" { "Next" }
                }
                div.scroll tabindex="0" role="region" aria-labelledby="table-title" {
                    table id="findings" aria-labelledby="table-title" {
                        thead { tr {
                            th scope="col" data-key="severity" { "Severity" }
                            th scope="col" data-key="identifier" { "Identifier" }
                            th scope="col" data-key="place" { "Place" }
                            th scope="col" data-key="document" { "Document" }
                            th.n.wide scope="col" data-key="values" { "Values" }
                            th.n scope="col" data-key="people" { "People" }
                            th.wide scope="col" data-key="protection" { "Protection" }
                            th.wide scope="col" data-key="readers" { "Readable by" }
                            th.wide scope="col" data-key="confidence" { "Confidence" }
                        } }
                        tbody {
                            @for row in self.rows.iter().take(FIRST_ROWS) {
                                tr {
                                    td { span class={"sev sev" (row.severity as usize)} { (row.severity.name()) } }
                                    td { (row.identifier) }
                                    td.path { (row.place) }
                                    td.path { bdi { (row.about.path) } }
                                    td.n.wide { (thousands(row.values)) }
                                    td.n { (thousands(row.people)) }
                                    td.wide { (row.protection) }
                                    td.wide { (row.about.readable_by) }
                                    td.wide { (row.confidence.name()) }
                                }
                            }
                        }
                    }
                }
                @if shown == 0 { p.soft { "None listed. Looked for: " (TABLE.len()) " kinds of identifiers." } }
            }
        }
    }
}

fn legend() -> Markup {
    html! {
        ul.legend aria-label="Colours" {
            @for severity in WORST_FIRST { li { span class={"sev sev" (severity as usize)} { (severity.name()) } } }
        }
    }
}

/// How strongly a cell of the access matrix is marked: what everybody can read most.
fn heat(reader: usize, n: u64) -> &'static str {
    match (n, READERS[reader].name()) {
        (0, _) => "",
        (_, "world") => "h3",
        (_, "group" | "unknown") => "h2",
        _ => "h1",
    }
}

fn class_words(class: Class) -> &'static str {
    match class {
        Class::Blind => "could hold data",
        Class::Protected => "encrypted",
        Class::Inert => "holds no records",
        Class::Excluded => "left out as asked",
    }
}

/// Plain words for an action hint.
fn action(hint: &str) -> &str {
    match hint {
        "restrict-access" => "Restrict who can read it",
        "encrypt" => "Encrypt it",
        "drop-column" => "Drop the column",
        "truncate-zip" => "Shorten ZIP codes",
        "year-only" => "Keep only the year of dates",
        "move-keys" => "Move keys away from what they open",
        "delete-past-retention" => "Delete what is kept too long",
        "confirm-agreement" => "Confirm that an agreement covers it",
        "verify-by-hand" => "Verify by hand",
        other => other,
    }
}

/// RFC 4648, section 4: how a policy writes a hash.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let n = group.iter().fold(0u32, |n, byte| n << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[(n >> (18 - 6 * place)) as usize & 63];
            out.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    out
}
