//! What one place means for a release. In: the findings of a document and the profiles of its columns. Out: for each place that matters
//! whether it blocks, and what would make it pass. Refuses nothing; what only a provider has is left out.

use std::collections::HashSet;

use super::Purpose;
use super::profile::Profile;
use crate::finding::{Document, Finding, Place, Protection, Subject};
use crate::identifier::Identifier;
use crate::rules::FieldName;

/// Rows from which values that never repeat say that they tell rows apart.
const ROWS: u64 = 10;

const TOKEN: &str = "drop it, or a keyed token whose key stays here (164.514(c))";

/// Headers of text as people write it, however short it is.
const NOTES: &[&str] =
    &["note", "notes", "comment", "comments", "remark", "remarks", "narrative", "memo", "impression"];

/// Headers of places smaller than a state, which Safe Harbor names beside addresses and ZIP codes.
const SMALL: &[&str] = &[
    "city",
    "county",
    "town",
    "township",
    "village",
    "parish",
    "precinct",
    "municipality",
    "neighborhood",
    "tract",
    "latitude",
    "longitude",
    "lat",
    "lon",
    "lng",
];

/// Headers of measures: numbers that never repeat and tell nobody apart.
const MEASURES: &[&str] = &[
    "amount", "amt", "price", "total", "cost", "charge", "charges", "paid", "balance", "quantity", "qty", "count",
    "score", "value", "result", "rate", "percent", "weight", "height", "dose", "duration", "length", "volume",
];

/// What a place means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It stands against the release.
    Blocks,
    /// The purpose allows it as it is.
    Allowed,
    /// People have to read it.
    CannotSay,
}

impl Standing {
    pub(super) fn word(self) -> &'static str {
        match self {
            Standing::Blocks => "blocks",
            Standing::Allowed => "allowed",
            Standing::CannotSay => "unknown",
        }
    }
}

/// One place.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) place: Place,
    /// The identifier, or what it is where it is none.
    pub(super) what: &'static str,
    /// The letter; empty for free text.
    pub(super) letter: &'static str,
    pub(super) standing: Standing,
    /// What would make it pass, or why it does.
    pub(super) pass: String,
}

/// The places of a document that matter.
pub(super) fn rows(purpose: &Purpose, document: &Document) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let profile = |place: &Place| document.profiles.iter().find(|one| one.place == *place).map(|one| &one.profile);
    let mut told: HashSet<(&Place, Identifier)> = HashSet::new();
    for finding in &document.findings {
        if finding.subject == Subject::Provider || finding.hipaa().is_empty() {
            continue;
        }
        // Masked and plain values of one column are one answer.
        if told.insert((&finding.place, finding.identifier)) {
            rows.push(of_finding(purpose, finding, profile(&finding.place)));
        }
    }
    let mut seen: HashSet<&Place> = HashSet::new();
    for one in &document.profiles {
        // Places that reports call alike are told once.
        if one.profile.filled == 0 || !seen.insert(&one.place) {
            continue;
        }
        let found = document.findings.iter().any(|finding| finding.place == one.place);
        rows.extend(of_profile(purpose, &one.place, &one.profile, found));
    }
    rows.sort_by_key(|row| match row.standing {
        Standing::Blocks => 0,
        Standing::CannotSay => 1,
        Standing::Allowed => 2,
    });
    rows
}

fn of_finding(purpose: &Purpose, finding: &Finding, profile: Option<&Profile>) -> Row {
    let identifier = finding.identifier;
    let row = |standing, pass: String| Row {
        place: finding.place.clone(),
        what: identifier.name(),
        letter: finding.hipaa(),
        standing,
        pass,
    };
    let allowed = match purpose {
        Purpose::SafeHarbor => false,
        Purpose::LimitedDataSet => !identifier.info().limited_data_set_drops,
        Purpose::Agreement(agreement) => agreement.allows(identifier.name()),
    };
    if allowed {
        return row(Standing::Allowed, "as it is".to_string());
    }
    if finding.matches > 0 && finding.matches == finding.test_values {
        return row(Standing::Allowed, "test values only".to_string());
    }
    let agreed = matches!(purpose, Purpose::Agreement(_));
    if finding.protection == Protection::Tokenized && !agreed {
        return row(
            Standing::Allowed,
            "a token, if not made from the value alone and its key stays here (164.514(c))".into(),
        );
    }
    row(Standing::Blocks, pass(purpose, finding, profile))
}

fn pass(purpose: &Purpose, finding: &Finding, profile: Option<&Profile>) -> String {
    let identifier = finding.identifier;
    let safe_harbor = *purpose == Purpose::SafeHarbor;
    match finding.place {
        Place::Text => return "take it out of the text, and have people read the rest".to_string(),
        Place::Name => return "rename it".to_string(),
        _ => {}
    }
    match finding.protection {
        Protection::Masked => return "drop it: the part that shows is not allowed either".to_string(),
        Protection::Hashed => return format!("{TOKEN}: a hash without a key can be tried out"),
        Protection::Plaintext | Protection::Tokenized => {}
    }
    match identifier {
        Identifier::ZIP if safe_harbor => {
            let restricted = profile.map_or(0, |profile| profile.restricted_long + profile.restricted);
            match restricted {
                0 => "first three digits only (ZIP3); 000 where they are restricted".to_string(),
                n => format!("first three digits only (ZIP3), 000 for the {n} here that are restricted"),
            }
        }
        Identifier::BIRTH_DATE if safe_harbor => "year only; over 89 no year, but `90 or older`".to_string(),
        Identifier::DEATH_DATE | Identifier::SERVICE_DATE if safe_harbor => "year only".to_string(),
        Identifier::AGE_OVER_89 => "age cap: `90 or older`".to_string(),
        Identifier::ADDRESS if safe_harbor => "drop it; the state may stay".to_string(),
        Identifier::ADDRESS => "drop it; town, state and ZIP code may stay".to_string(),
        Identifier::ZIP | Identifier::BIRTH_DATE | Identifier::DEATH_DATE | Identifier::SERVICE_DATE => {
            "drop it".into()
        }
        Identifier::NAME | Identifier::PHONE | Identifier::FAX | Identifier::EMAIL | Identifier::URL => {
            "drop it".into()
        }
        _ => TOKEN.to_string(),
    }
}

/// What a column means by its values and its header, where no finding says it.
fn of_profile(purpose: &Purpose, place: &Place, profile: &Profile, found: bool) -> Option<Row> {
    let label = match place {
        Place::Column { name, .. } => name.clone().unwrap_or_default(),
        Place::Path(path) => path.rsplit('.').next().unwrap_or_default().to_string(),
        Place::Cell { column, .. } => column.clone(),
        Place::Tag(name) | Place::Metadata(name) => name.clone(),
        Place::Text | Place::Name | Place::Segment(_) => String::new(),
    };
    let name = FieldName::parse(&label);
    let has = |words: &[&str]| name.tokens.iter().any(|token| words.contains(&token.as_str()));
    let row = |what, letter, standing, pass: &str| {
        Some(Row { place: place.clone(), what, letter, standing, pass: pass.to_string() })
    };
    let agreement = match purpose {
        Purpose::Agreement(agreement) => Some(agreement),
        _ => None,
    };
    // What Safe Harbor names, a limited data set may hold, and an agreement allows by this name.
    let standing = |allowed_as: &str| match (purpose, agreement) {
        (_, Some(agreement)) if agreement.allows(allowed_as) => Standing::Allowed,
        (Purpose::LimitedDataSet, _) => Standing::Allowed,
        _ => Standing::Blocks,
    };
    let (distinct, _) = profile.distinct.count();
    let from_a_list = profile.filled >= 50 && distinct * 5 <= profile.filled;
    if (profile.prose * 20 >= profile.filled && profile.prose > 0 && !from_a_list) || (has(NOTES) && !name.cancel) {
        return match agreement.is_some_and(|agreement| agreement.allows("free-text")) {
            true => row("free-text", "", Standing::Allowed, "as it is"),
            false => {
                row("free-text", "", Standing::CannotSay, "drop it, or have people read it: names in prose are missed")
            }
        };
    }
    if found || name.role == Subject::Provider {
        return None;
    }
    if has(&["zip", "postal", "zip3", "zcta"]) && profile.mostly(profile.threes) {
        return match (standing("zip"), profile.restricted) {
            (Standing::Blocks, 1..) if agreement.is_none() => {
                let pass = format!("000 for the {} that are restricted (20,000 people or fewer)", profile.restricted);
                row("zip", "B", Standing::Blocks, &pass)
            }
            (Standing::Blocks, _) if agreement.is_some() => row("zip", "B", Standing::Blocks, "drop it"),
            _ => row("zip", "B", Standing::Allowed, "ZIP3 passes as it is"),
        };
    }
    let birth = has(&["birth", "birthday", "born", "dob", "yob", "birthyear"]);
    if birth && profile.mostly(profile.years) {
        let this: u32 = crate::decisions::day_from_now(0).get(..4).and_then(|year| year.parse().ok()).unwrap_or(0);
        let over_89 = profile.first_year.saturating_add(90) <= this;
        return match standing("birth-date") {
            Standing::Blocks if over_89 => {
                let pass = format!("`90 or older` instead of years up to {}", this.saturating_sub(90));
                row("age-over-89", "C", Standing::Blocks, &pass)
            }
            Standing::Blocks if agreement.is_some() => row("birth-date", "C", Standing::Blocks, "drop it"),
            _ => row("birth-date", "C", Standing::Allowed, "the year passes as it is"),
        };
    }
    if (has(&["initial", "initials", "inits"])) && profile.mostly(profile.initials) {
        let allowed = agreement.is_some_and(|agreement| agreement.allows("name"));
        let standing = if allowed { Standing::Allowed } else { Standing::Blocks };
        return row("name", "A", standing, "drop it: initials are parts of a name");
    }
    if has(&["last"]) && has(&["4", "four"]) && profile.mostly(profile.fours) {
        let of = [
            (&["ssn", "social"][..], Identifier::SSN),
            (&["phone", "cell", "mobile"], Identifier::PHONE),
            (&["mrn", "medical", "record"], Identifier::MRN),
            (&["card"], Identifier::PAYMENT_CARD),
            (&["account"], Identifier::ACCOUNT_NUMBER),
        ];
        let of = of.iter().find(|(words, _)| has(words)).map(|(_, identifier)| *identifier);
        let (what, letter) = of.map_or(("record-key", "R"), |of| (of.name(), of.info().letter));
        let allowed = agreement.is_some_and(|agreement| agreement.allows(what));
        let standing = if allowed { Standing::Allowed } else { Standing::Blocks };
        return row(what, letter, standing, "drop it: the last four are not allowed either");
    }
    if has(SMALL) && !name.cancel {
        return row("place", "B", standing("place"), "drop it; the state may stay");
    }
    if profile.mostly(profile.dates) {
        return row("service-date", "C", standing("service-date"), "year only, unless it is not about the person");
    }
    let tells_rows_apart = profile.filled >= ROWS && profile.is_unique() && !has(MEASURES);
    if tells_rows_apart && profile.counts_rows() {
        return row("record-key", "R", Standing::Allowed, "counts rows: passes if the number is used nowhere else");
    }
    if tells_rows_apart && profile.mostly(profile.codes) {
        if name.protection == Some(Protection::Tokenized) && agreement.is_none() {
            return row("record-key", "R", Standing::Allowed, "a token, if its key stays here (164.514(c))");
        }
        return row("record-key", "R", standing("record-key"), TOKEN);
    }
    None
}
