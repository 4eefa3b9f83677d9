//! What a fact sheet says, in which order. In: what was counted. Out: its pieces. Refuses to show a number of people below 11, or one
//! that gives such a number away.

use super::page::Piece;
use super::{Access, Incident, Kind, day, small};
use crate::finding::{Protection, Size};
use crate::locator::path_text;
use crate::report::words::{count, size, thousands};

impl Incident {
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let mut all = vec![Piece::Title("Fact sheet".to_string())];
        all.push(Piece::Sentence(Size::SENTENCE.to_string()));
        all.push(Piece::Sentence(
            "Numbers of people below 11 stand as <11, and what would give such a number away as not shown.".to_string(),
        ));
        self.about(&mut all);
        self.people(&mut all);
        self.kinds(&mut all);
        self.protection(&mut all);
        self.access(&mut all);
        self.times(&mut all);
        self.gaps(&mut all);
        self.files(&mut all);
        self.basis(&mut all);
        all
    }

    fn about(&self, all: &mut Vec<Piece>) {
        all.push(Piece::Heading("What this is about".to_string()));
        all.extend(self.asked.iter().map(|asked| Piece::Item(asked.as_given.clone())));
        let documents = count(self.documents, "document", "documents");
        all.push(Piece::Sentence(format!(
            "{documents} read there, {} in files, {}; {} hold nothing that was found.",
            size(self.bytes),
            match small::number(self.records).as_str() {
                "1" | small::SMALL => "fewer than 11 records".to_string(),
                records => format!("{records} records"),
            },
            thousands(self.clean)
        )));
    }

    fn people(&self, all: &mut Vec<Piece>) {
        all.push(Piece::Heading("Individuals".to_string()));
        let people = &self.people;
        if people.sum == 0 {
            all.push(Piece::Sentence("No individual was counted in these documents.".to_string()));
            return;
        }
        let several = self.documents > 1 && people.sum > people.most;
        let (low, high) = (people.most_low, people.sum_high);
        let about = if self.inexact { "about " } else { "" };
        let said = if several {
            format!(
                "Individuals whose data is here: {}. The low end is the document with most of them; the high end adds \
                 all documents, and one person can stand in several.",
                small::range(low, high)
            )
        } else {
            format!(
                "Individuals whose data is here: {about}{} (range {}).",
                small::number(people.sum),
                small::range(low, high)
            )
        };
        all.push(Piece::Sentence(said));
        let marks = [(low >= 500, "500 or more people"), (low < 500 && high >= 500, "may be 500 or more people")];
        let state = self.states.iter().filter(|(_, people)| **people > 500).max_by_key(|(_, people)| **people);
        let mut marks: Vec<String> =
            marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark.to_string()).collect();
        if let Some((state, _)) = state {
            let may = if several { "may be more" } else { "more" };
            marks.push(format!("{may} than 500 in one state ({state})"));
        }
        if !marks.is_empty() {
            all.push(Piece::Sentence(format!("Size: {}.", marks.join("; "))));
        }
        if !self.parts_known {
            all.push(Piece::Sentence("By state and age: not known; nothing there says it.".to_string()));
            return;
        }
        let counted = if several { "people, counted in each document" } else { "people" };
        let names = self.states.keys().copied().chain(["not known"]);
        let numbers: Vec<u64> = self.states.values().copied().chain([self.state_unknown]).collect();
        let mut rows: Vec<(u64, Vec<String>)> = names
            .zip(&numbers)
            .zip(small::parts(&numbers))
            .filter(|((_, n), _)| **n > 0)
            .map(|((name, n), text)| (*n, vec![name.to_string(), text]))
            .collect();
        // The order must not tell what the numbers do not: by name, as they are.
        let mut table = vec![vec!["state".to_string(), counted.to_string()]];
        table.extend(rows.drain(..).map(|(_, row)| row));
        all.push(Piece::Table(table));
        let part = |name: &str, n: u64| vec![name.to_string(), small::part(n, people.sum)];
        all.push(Piece::Table(vec![
            vec!["of them".to_string(), counted.to_string()],
            part("under 18", self.under_18),
            part("over 89", self.over_89),
            part("deceased", self.deceased),
        ]));
    }

    fn kinds(&self, all: &mut Vec<Piece>) {
        all.push(Piece::Heading("Kinds of data".to_string()));
        if self.kinds.is_empty() {
            all.push(Piece::Sentence("None was found.".to_string()));
        } else {
            let mut table = vec![["kind", "letter", "documents", "people", "form"].map(str::to_string).to_vec()];
            for (identifier, kind) in &self.kinds {
                let info = identifier.info();
                let forms: Vec<&str> = kind.protection.keys().map(|protection| in_words(*protection)).collect();
                table.push(vec![
                    capital(info.words),
                    info.letter.to_string(),
                    thousands(kind.documents),
                    small::part(kind.people, self.people.sum),
                    forms.join(", "),
                ]);
            }
            all.push(Piece::Table(table));
            all.push(Piece::Sentence(
                "Letters are those of 45 CFR 164.514(b)(2)(i). People of a kind: those of the place in a document with most of \
                 them, added over documents."
                    .to_string(),
            ));
        }
        let others: Vec<&str> = self.not_people.iter().map(|identifier| identifier.info().words).collect();
        if !others.is_empty() {
            let what = others.join(", ");
            all.push(Piece::Sentence(format!("Of providers, or test values, and not counted as individuals: {what}.")));
        }
        if !self.sensitive.is_empty() {
            let each = self.sensitive.iter().map(|(category, codes)| format!("{category} ({})", small::number(*codes)));
            all.push(Piece::Sentence(format!(
                "Codes of diagnoses and drugs of kinds that further rules protect, with the number of codes: {}.",
                each.collect::<Vec<_>>().join(", ")
            )));
        }
    }

    fn protection(&self, all: &mut Vec<Piece>) {
        all.push(Piece::Heading("Protection".to_string()));
        let of = |protection: Protection| -> Vec<(&'static str, &Kind)> {
            let with = self.kinds.iter().filter(|(_, kind)| kind.protection.contains_key(&protection));
            with.map(|(identifier, kind)| (identifier.info().words, kind)).collect()
        };
        for protection in [Protection::Plaintext, Protection::Masked, Protection::Hashed, Protection::Tokenized] {
            let kinds = of(protection);
            if kinds.is_empty() {
                continue;
            }
            let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
            let mut said = format!("{}: {}.", capital(in_words(protection)), names.join(", "));
            let says: std::collections::BTreeSet<&str> =
                kinds.iter().flat_map(|(_, kind)| &kind.protection[&protection]).map(String::as_str).collect();
            if !says.is_empty() {
                said.push_str(&format!(" What says so: {}.", says.into_iter().collect::<Vec<_>>().join("; ")));
            }
            if protection == Protection::Hashed {
                said.push_str(" A hash of a number with few digits can be found by trying all of them, unless a secret key went into it.");
            }
            all.push(Piece::Item(said));
        }
        let roots = self.run.as_ref().map_or(&[][..], |run| &run.roots);
        for gap in self.gaps.iter().filter(|gap| is_encrypted(gap.reason)) {
            let path = gap.locator.path(crate::report::root_name(roots, gap.root));
            let scheme = if gap.detail.is_empty() { "scheme not known" } else { gap.detail.as_str() };
            all.push(Piece::Item(format!("Encrypted and not read: {path} ({scheme}).")));
        }
        let encrypted = self.gaps.iter().any(|gap| is_encrypted(gap.reason));
        if self.key_beside {
            all.push(Piece::Sentence("A key lies beside what it protects: it counts as not protected.".to_string()));
        } else if encrypted || self.kinds.values().any(|kind| kind.protection.contains_key(&Protection::Hashed)) {
            all.push(Piece::Sentence(
                "Where keys are kept: no key was reported beside these documents; where else they are is not known."
                    .to_string(),
            ));
        }
        if self.kinds.is_empty() && !encrypted {
            all.push(Piece::Sentence("Nothing was found that would have to be protected.".to_string()));
        }
    }

    fn access(&self, all: &mut Vec<Piece>) {
        all.push(Piece::Heading("Who could read it".to_string()));
        for (access, documents) in &self.access {
            let documents = count(*documents, "document", "documents");
            all.push(Piece::Item(format!("{documents}: {}", access.in_words())));
        }
        all.push(Piece::Sentence(
            "This is how the files stood when they were scanned. How they are shared over a network was not looked at, and nothing \
             here shows that anybody did read them: logs of the server may."
                .to_string(),
        ));
    }

    fn times(&self, all: &mut Vec<Piece>) {
        all.push(Piece::Heading("Since when".to_string()));
        let said = |times: Option<(i64, i64)>| match times {
            None => "not known".to_string(),
            Some((first, last)) if first == last => day(first),
            Some((first, last)) => format!("between {} and {}", day(first), day(last)),
        };
        all.push(Piece::Item(match self.first_seen {
            None => "First seen: not known; only a scheduled sweep remembers it.".to_string(),
            seen => format!("First seen by a sweep: {}; the data may have lain there before.", said(seen)),
        }));
        let modified = said(self.modified);
        all.push(Piece::Item(format!("Last modified: {modified}, by the clock of the file system.")));
        if !self.accepted.is_empty() {
            let said: Vec<&str> = self.accepted.iter().map(String::as_str).take(20).collect();
            all.push(Piece::Item(format!("Decided about it: {}.", said.join("; "))));
        }
    }

    fn gaps(&self, all: &mut Vec<Piece>) {
        all.push(Piece::Heading("What was not read".to_string()));
        if self.gaps.is_empty() {
            let said =
                if self.partial > 0 { "Parts of documents; see the scan's gaps." } else { "Nothing was left out." };
            all.push(Piece::Sentence(said.to_string()));
            return;
        }
        let roots = self.run.as_ref().map_or(&[][..], |run| &run.roots);
        for gap in &self.gaps {
            let path = gap.locator.path(crate::report::root_name(roots, gap.root));
            let detail = if gap.detail.is_empty() { String::new() } else { format!(", {}", gap.detail) };
            let bytes = gap.bytes.map_or_else(String::new, |bytes| format!(", {}", size(bytes)));
            all.push(Piece::Item(format!("{path}: {} ({}{detail}{bytes})", gap.reason.name(), gap.class.name())));
        }
        for ((reason, class), gaps) in &self.more_gaps {
            all.push(Piece::Item(format!("{} more: {} ({class})", thousands(*gaps), reason.name())));
        }
    }

    fn files(&self, all: &mut Vec<Piece>) {
        if self.listed.is_empty() {
            return;
        }
        all.push(Piece::Heading("Documents".to_string()));
        let mut numbers: Vec<u64> = self.listed.iter().map(|line| line.people).collect();
        numbers.push(self.unlisted.1);
        let shown = small::parts(&numbers);
        let mut table = vec![["path", "format", "people", "readable by", "modified"].map(str::to_string).to_vec()];
        // By name: an order by people would tell more than the numbers do.
        let mut lines: Vec<_> = self.listed.iter().zip(&shown).collect();
        lines.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        for (line, people) in lines {
            let modified = line.modified.map_or_else(String::new, day);
            let cells = [line.path.as_str(), line.format, people, line.readable_by, &modified];
            table.push(cells.map(str::to_string).to_vec());
        }
        if self.unlisted.0 > 0 {
            let others = format!("{} others", thousands(self.unlisted.0));
            let people = shown.last().cloned().unwrap_or_default();
            table.push(vec![others, String::new(), people, String::new(), String::new()]);
        }
        all.push(Piece::Table(table));
    }

    fn basis(&self, all: &mut Vec<Piece>) {
        let Some(run) = &self.run else { return };
        all.push(Piece::Heading("What this rests on".to_string()));
        let roots: Vec<String> =
            run.roots.iter().map(|root| format!("{} ({})", root.name, path_text(&root.path))).collect();
        all.push(Piece::Item(format!("Scan {} of {} on {}", run.run_id, run.started, run.host)));
        all.push(Piece::Item(format!("phisweep {}, rules {}", run.version, run.ruleset)));
        all.push(Piece::Item(format!("Scanned: {}", roots.join(", "))));
        if let Some((path, sha256)) = &self.report {
            all.push(Piece::Item(format!("Report {path}, SHA-256 {sha256}")));
        }
        all.push(Piece::Item(
            "What is found is found with a stated probability; findings below the listed band are not in this sheet."
                .to_string(),
        ));
    }
}

impl Access {
    fn in_words(&self) -> String {
        let who = match self.readable_by {
            "world" => "everybody who can reach the file system",
            "group" => "its owner and the members of its group",
            "owner" => "its owner only, and administrators",
            "acl" => "those that an access control list names",
            "declared" => "those that the configuration of the sweep declares",
            _ => "not known",
        };
        let mut by = Vec::new();
        if !self.mode.is_empty() {
            by.push(format!("permissions {}", self.mode));
        }
        if !self.basis.is_empty() && self.basis != "mode" {
            by.push(format!("by {}", self.basis));
        }
        if !self.owner.is_empty() {
            by.push(format!("owner {}", self.owner));
        }
        if by.is_empty() { who.to_string() } else { format!("{who} ({})", by.join(", ")) }
    }
}

fn in_words(protection: Protection) -> &'static str {
    match protection {
        Protection::Plaintext => "in plain text",
        Protection::Masked => "masked",
        Protection::Hashed => "hashed",
        Protection::Tokenized => "replaced by tokens",
    }
}

fn is_encrypted(reason: crate::gap::Reason) -> bool {
    matches!(reason, crate::gap::Reason::Encrypted | crate::gap::Reason::WeakEncryption)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Style;
    use super::*;
    use crate::gap::{Gap, Reason};
    use crate::judge::people::Of;
    use crate::locator::Locator;
    use crate::report::samples;

    fn sheet(paths: &[&str], people: &[u64]) -> Result<String, String> {
        let mut incident = Incident::new(paths);
        incident.run(samples::run());
        for (number, people) in people.iter().enumerate() {
            let mut document = samples::document();
            document.locator = Locator::file(Path::new(&format!("in/m{number}.csv")));
            (document.people, document.people_low, document.people_high) = (*people, *people, *people);
            document.findings[0].people = *people;
            document.people_of =
                Of { states: [("AL", people - 8), ("GA", 6)].into(), under_18: 3, over_89: people - 2, deceased: 0 };
            incident.document(&document);
        }
        let locator = Locator::file(Path::new("in/x.zip"));
        incident.gap(&Gap::new(0, locator, Reason::Encrypted, "AES-256").with_bytes(200));
        match incident.unmet().as_slice() {
            [] => Ok(incident.text(Style::Text)),
            unmet => Err(unmet.join(" ")),
        }
    }

    #[test]
    fn a_sheet_says_what_a_privacy_officer_asks() {
        let text = sheet(&["drop/in/m0.csv"], &[1171]).unwrap();
        for part in [
            "Individuals whose data is here: 1,171 (range 1,171).",
            "Size: 500 or more people; more than 500 in one state (AL).",
            "under 18  <11",
            "over 89   all but <11",
            "deceased  0",
            "Social Security numbers  G       1          1,171   in plain text",
            "1 document: everybody who can reach the file system (permissions rw-r--r--,",
            "Last modified: 1970-01-01 00:00:00 UTC",
            "First seen: not known",
            "Nothing was left out.",
            "Size only. A scan does not show",
            "substance-use (12)",
        ] {
            assert!(text.contains(part), "{part}\nin\n{text}");
        }
    }

    #[test]
    fn folders_archives_and_files_of_the_system_are_paths_too() {
        for path in ["drop/in", "drop/in/", "./drop", "/drop/in", "/drop", "."] {
            let text = sheet(&[path], &[1171, 300]).unwrap();
            assert!(text.contains("Individuals whose data is here: 1,171 to 1,471."), "{path}: {text}");
            assert!(text.contains("drop/in/x.zip: encrypted (protected, AES-256, 200 bytes)"), "{path}: {text}");
            assert!(text.contains("Encrypted and not read: drop/in/x.zip (AES-256)"), "{path}: {text}");
        }
        assert_eq!(sheet(&["drop/in", "drop/i"], &[100]), Err("drop/i".to_string()));
    }

    /// The numbers below 11 of this sheet are 6, 2, 3, 8: none stands there, nor does what they could be computed from.
    #[test]
    fn numbers_below_eleven_are_nowhere() {
        let text = sheet(&["drop"], &[1171]).unwrap();
        let cell = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name} in {text}"));
            line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            (cell("AL").as_str(), cell("GA").as_str(), cell("not known").as_str()),
            ("not shown", "<11", "known <11")
        );
        let few = sheet(&["drop"], &[9]).unwrap();
        assert!(few.contains("here: <11 (range <11)"), "{few}");
        // One document of several: its number would be the sum less the others.
        let several = sheet(&["drop"], &[1171, 300, 9]).unwrap();
        assert!(
            several.contains("drop/in/m1.csv  csv     not shown") && several.contains("drop/in/m2.csv  csv     <11"),
            "{several}"
        );
    }
}
