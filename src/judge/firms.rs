//! Addresses, telephone numbers and the like of nobody: firms' and authors', in licences, manuals and metadata. In: what was
//! found in a text and how much text there is. Out: lower log-odds, where nothing in the document identifies a person.

use std::ops::Range;

use crate::finding::Subject;
use crate::identifier::Identifier;
use crate::judge::drafts::{Draft, is_somebody};
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::{LIKELY, POSSIBLE};
use crate::judge::words::WordList;
use crate::rules::FieldName;

/// The most that is said of what stands beside a firm's name, or of an address without a label, in a text in which nobody is
/// found.
const NOBODY_NEAR: f32 = 0.5;

/// Bytes of text that one value of a person may stand in alone: a page.
const PAGE: f32 = 4096.0;

/// What each factor e of text more than a page weighs, for each value. In programs, manuals and logs of changes the values that
/// look like somebody's are as many as the text is long, and far between; records of persons name them.
const LONELY: f32 = -1.5;

/// How far before a value a firm's name is looked for.
const BEFORE: usize = 300;
/// And behind it.
const BEHIND: usize = 100;

/// Words of the names of columns that hold firms, or land and houses.
const HEADED: [&str; 19] = [
    "business",
    "carrier",
    "company",
    "contractor",
    "customer",
    "distributor",
    "firm",
    "manufacturer",
    "merchant",
    "mls",
    "organization",
    "parcel",
    "realtor",
    "retailer",
    "shop",
    "store",
    "supplier",
    "vendor",
    "wholesaler",
];

/// Words of firms, authorities and licences. Sorted.
const FIRMS: WordList<41> = WordList::of([
    "agency",
    "association",
    "authors",
    "bureau",
    "co",
    "college",
    "committee",
    "company",
    "consortium",
    "copyright",
    "corp",
    "corporation",
    "department",
    "foundation",
    "gmbh",
    "inc",
    "incorporated",
    "institute",
    "laboratories",
    "laboratory",
    "labs",
    "league",
    "limited",
    "llc",
    "ltd",
    "maintainer",
    "ministry",
    "press",
    "project",
    "publisher",
    "publishing",
    "reserved",
    "sales",
    "society",
    "software",
    "support",
    "team",
    "technologies",
    "trademark",
    "university",
    "warranty",
]);

/// Whether a firm, an authority or a licence is named in the paragraph around a value.
pub(super) fn beside(bytes: &[u8], scope: &Range<usize>, span: Range<usize>) -> bool {
    let from = span.start.saturating_sub(BEFORE).max(scope.start);
    let to = (span.end + BEHIND).min(scope.end);
    let blank = |line: &[u8]| line.iter().all(|b| !b.is_ascii_alphanumeric());
    // The paragraph ends at a line in which nothing is written.
    let (before, behind) = (&bytes[from..span.start], &bytes[span.end..to]);
    let length = |lines: &mut dyn Iterator<Item = &[u8]>| -> usize {
        let own = lines.next().map_or(0, <[u8]>::len);
        own + lines.take_while(|line| !blank(line)).map(|line| line.len() + 1).sum::<usize>()
    };
    let up = length(&mut before.rsplit(|b| *b == b'\n'));
    let down = length(&mut behind.split(|b| *b == b'\n'));
    is_named(&before[before.len() - up..]) || is_named(&behind[..down])
}

fn is_named(text: &[u8]) -> bool {
    text.split(|b| !b.is_ascii_alphabetic()).any(|word| FIRMS.has(word))
}

/// Whether what is found may be a firm's or nobody's as well: its form or its label says no more.
pub(super) fn may_be_nobodys(identifier: Identifier) -> bool {
    !matches!(
        identifier,
        Identifier::NAME
            | Identifier::EMAIL
            | Identifier::URL
            | Identifier::IP_ADDRESS
            | Identifier::SSN
            | Identifier::ITIN
            | Identifier::MBI
            | Identifier::HICN
            | Identifier::BIRTH_DATE
            | Identifier::PAYMENT_CARD
            | Identifier::NPI
            | Identifier::DEA
    )
}

/// Whether nothing but the word `address`, and signs, stands in the line before a value: offices and standards bodies have
/// addresses too. `Home address` is somebody's.
pub(super) fn under_address_alone(before: &[u8]) -> bool {
    let line = memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..]);
    let mut words = line.split(|b| !b.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    words.next().is_some_and(|word| word.eq_ignore_ascii_case(b"address")) && words.next().is_none()
}

/// Whether a label of it is a patient's or member's by itself, however much text there is and however few stand in it: the log of a
/// year with one record number holds one.
fn is_of_patients(identifier: Identifier) -> bool {
    matches!(identifier, Identifier::MRN | Identifier::MEMBER_ID | Identifier::MEDICAID_ID)
}

/// Lowers what stands in the text of a document in which nothing else identifies a person: what a firm's name stands beside,
/// addresses and ZIP codes that no label says are anybody's, and what stands alone in much text. `bytes` is how much text
/// there is.
pub(super) fn nobody_near(drafts: &mut Vec<Draft>, bytes: u64) {
    lower(drafts, bytes);
    drafts.retain(|draft| draft.logit >= POSSIBLE);
}

/// The same, and nothing is left out.
pub(super) fn lower(drafts: &mut [Draft], bytes: u64) {
    let pages = |draft: &Draft| bytes as f32 / (PAGE * draft.form.matches.max(1) as f32);
    // Names alone, far between, are those of authors.
    let somebody = |draft: &Draft| {
        is_somebody(draft) && (draft.identifier != Identifier::NAME || draft.column.is_some() || pages(draft) <= 1.0)
    };
    let keys: Vec<Identifier> = drafts.iter().filter(|d| somebody(d)).map(|d| d.identifier).collect();
    for draft in drafts.iter_mut().filter(|d| d.in_text && may_be_nobodys(d.identifier)) {
        if keys.iter().any(|key| *key != draft.identifier) {
            continue;
        }
        let unlabelled = matches!(draft.identifier, Identifier::ADDRESS | Identifier::ZIP) && !draft.labelled;
        let theirs = draft.subject == Subject::Patient;
        if (draft.firm || unlabelled) && !theirs && draft.logit > NOBODY_NEAR {
            let why = if draft.firm { "a firm's name beside, and nobody near" } else { "nobody near" };
            draft.evidence.push((why.to_string(), NOBODY_NEAR - draft.logit));
            draft.logit = NOBODY_NEAR;
        }
        let pages = pages(draft);
        if !is_of_patients(draft.identifier) && pages > 1.0 && draft.logit >= LIKELY {
            let weight = (LONELY * pages.ln()).max(-9.0);
            draft.evidence.push(("alone in much text that names nobody".to_string(), weight));
            draft.logit += weight;
        }
    }
}

/// Lowers telephone numbers and addresses in the columns of a table that has one of firms and none of persons.
pub(super) fn of_firms(plan: &DocumentPlan, drafts: &mut [Draft]) {
    let is_theirs = |i: Identifier| {
        matches!(i, Identifier::PHONE | Identifier::FAX | Identifier::ADDRESS | Identifier::ZIP | Identifier::URL)
    };
    let numbers = drafts.iter().any(|d| d.column.is_some() && is_theirs(d.identifier) && d.logit > NOBODY_NEAR);
    let of_a_firm = |name: &String| FieldName::parse(name).tokens.iter().any(|word| HEADED.contains(&word.as_str()));
    if !numbers
        || drafts.iter().any(|d| is_somebody(d) && d.subject != Subject::Provider)
        || !plan.columns.iter().filter_map(|column| column.name.as_ref()).any(of_a_firm)
    {
        return;
    }
    for draft in drafts.iter_mut().filter(|d| d.column.is_some() && is_theirs(d.identifier) && d.logit > NOBODY_NEAR) {
        draft.evidence.push(("a table of firms".to_string(), NOBODY_NEAR - draft.logit));
        draft.logit = NOBODY_NEAR;
    }
}
