//! The values that templates ask for by name. In: a name with a form behind a colon and a number behind an `@`, a record. Out:
//! its text, and what it is.

use phisweep::identifier::Identifier;

use super::super::fields::{Field, Record};
use super::super::people::{Day, Person};
use super::super::rng::Rng;
use super::super::{Whose, truth_of};
use super::List;

/// Text, and what it is if that is asked for.
pub(crate) type Value = (String, Option<(Identifier, Whose)>);

/// The column of a name: values of one name and number are decided together.
pub(crate) fn column(name: &str) -> usize {
    // FNV-1a: the same everywhere.
    name.bytes()
        .fold(0x811c_9dc5_usize, |hash, byte| (hash ^ usize::from(byte)).wrapping_mul(0x0100_0193) & 0xFFFF_FFFF)
}

/// A date in a named form.
fn date(list: &List, day: Day, form: &str) -> String {
    let (y, m, d) = (day.year, day.month, day.day);
    match form {
        "8" => format!("{y:04}{m:02}{d:02}"),
        "time" => format!("{y:04}{m:02}{d:02}000000"),
        "zone" => format!("{y:04}{m:02}{d:02}0000-0500"),
        "iso" => format!("{y:04}-{m:02}-{d:02}"),
        "us" => format!("{m:02}/{d:02}/{y:04}"),
        "free" => list.style.spoken(day),
        _ => list.style.date(day),
    }
}

/// A Social Security number in a named form.
fn ssn(list: &List, number: &str, form: &str, record: &Record, rng: &mut Rng) -> String {
    match form {
        "bare" => number.to_string(),
        "dash" => format!("{}-{}-{}", &number[..3], &number[3..5], &number[5..]),
        // As health care's own formats carry it.
        "id" if list.layout.is_multiple_of(3) => ssn(list, number, list.split.pick("dash", "last four"), record, rng),
        "id" => ssn(list, number, list.split.pick("bare", "dash"), record, rng),
        "last four" => format!("XXX-XX-{}", &number[5..]),
        _ => Field::Ssn.value(record, list.population, &list.style, form == "free", rng),
    }
}

/// A telephone number of ten figures in a named form.
fn phone(number: &str, form: &str) -> Option<String> {
    let (area, exchange, line) = (&number[..3], &number[3..6], &number[6..]);
    match form {
        "bare" => Some(number.to_string()),
        "paren" => Some(format!("({area}){exchange}-{line}")),
        "dash" => Some(format!("{area}-{exchange}-{line}")),
        _ => None,
    }
}

/// What a template asks for; with a `?` at its end what may be found or not.
pub(crate) fn value(list: &List, asked: &str, record: &Record, rng: &mut Rng) -> Value {
    if let Some(asked) = asked.strip_suffix('?') {
        let (text, what) = value(list, asked, record, rng);
        return (text, what.map(|(identifier, _)| (identifier, Whose::Anybody)));
    }
    let name = asked.split('@').next().unwrap_or_default();
    let (name, form) = name.split_once(':').unwrap_or((name, ""));
    let person: &Person = &list.population.people[record.person];
    let holder = &list.population.people[person.holder];
    let provider = &list.population.providers[record.provider];
    let cased = |text: &str| if form == "upper" { text.to_uppercase() } else { text.to_string() };
    let of_person = |identifier| Some((identifier, Whose::Person));
    let of_provider = |identifier| Some((identifier, Whose::Provider));
    match name {
        "BirthDate" => (date(list, person.birth, form), of_person(Identifier::BIRTH_DATE)),
        "Visit" => (date(list, record.visit, form), of_person(Identifier::SERVICE_DATE)),
        "Died" => (person.died.map(|d| date(list, d, form)).unwrap_or_default(), of_person(Identifier::DEATH_DATE)),
        "Ssn" => (ssn(list, &person.ssn, form, record, rng), of_person(Identifier::SSN)),
        "First" => (cased(&person.first), of_person(Identifier::NAME)),
        "Last" => (cased(&person.last), of_person(Identifier::NAME)),
        "Middle" => (person.middle.to_string(), None),
        "Name" => (format!("{} {}", cased(&person.first), cased(&person.last)), of_person(Identifier::NAME)),
        "Phone" => match phone(&person.phone, form) {
            Some(text) => (text, of_person(Identifier::PHONE)),
            None => {
                (Field::Phone.value(record, list.population, &list.style, false, rng), of_person(Identifier::PHONE))
            }
        },
        "Zip" => (person.zip.clone(), of_person(Identifier::ZIP)),
        "City" => (person.city.to_string(), None),
        "State" => (person.state.to_string(), None),
        "Sex" => (if record.person.is_multiple_of(2) { "F" } else { "M" }.to_string(), None),
        "Suffix" => (format!("{:02}", person.code + 1), None),
        // The subscriber, and somebody of the household.
        "HolderFirst" => (cased(&holder.first), of_person(Identifier::NAME)),
        "HolderLast" => (cased(&holder.last), of_person(Identifier::NAME)),
        "HolderSsn" => (ssn(list, &holder.ssn, form, record, rng), of_person(Identifier::SSN)),
        "HolderBirth" => (date(list, holder.birth, form), of_person(Identifier::BIRTH_DATE)),
        "Npi" => (provider.npi.clone(), of_provider(Identifier::NPI)),
        "Dea" => (provider.dea.clone(), of_provider(Identifier::DEA)),
        "DrFirst" => (cased(&provider.first), of_provider(Identifier::NAME)),
        "DrLast" => (cased(&provider.last), of_provider(Identifier::NAME)),
        "DrStreet" => (provider.street.clone(), of_provider(Identifier::ADDRESS)),
        "DrZip" => (provider.zip.clone(), of_provider(Identifier::ZIP)),
        "DrPhone" => {
            (phone(&provider.phone, form).unwrap_or_else(|| provider.phone.clone()), of_provider(Identifier::PHONE))
        }
        // Of offices and programs.
        "DeskName" => ("BILLING".to_string(), Some((Identifier::NAME, Whose::Anybody))),
        "DeskPhone" => ("8005551000".to_string(), Some((Identifier::PHONE, Whose::Anybody))),
        "DeskEmail" => ("desk@example.org".to_string(), Some((Identifier::EMAIL, Whose::Anybody))),
        // Numbers that somebody gave them besides.
        "OldId" => (format!("{:07}", 1_203_117 + record.person * 7919), Some((Identifier::MRN, Whose::Anybody))),
        "OldMember" => {
            (format!("{:08}", 41_203_117 + record.person * 7919), Some((Identifier::MEMBER_ID, Whose::Anybody)))
        }
        "PlanNumber" => ("40117".to_string(), Some((Identifier::GROUP_NUMBER, Whose::Anybody))),
        "Written" => ("20260311".to_string(), Some((Identifier::SERVICE_DATE, Whose::Anybody))),
        "Number" => ((record.number + 1).to_string(), None),
        "Parity" => (if person.code == 0 { "Y" } else { "N" }.to_string(), None),
        _ => match Field::by_name(name) {
            Some(field) => {
                let text = field.value(record, list.population, &list.style, form == "free", rng);
                (text, truth_of(field))
            }
            None => (format!("no such value: {name}"), None),
        },
    }
}
