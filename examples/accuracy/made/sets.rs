//! Sets of files about people who are hard to count: families on one number, dependants with the subscriber's SSN, twins,
//! newborns, two hospitals that number alike, the same extract night after night. In: a half, a seed. Out: files, and how many
//! people stand in them.

use std::collections::BTreeSet;

use super::fields::{Feed, Field, KINDS, Record, Style};
use super::people::{Day, Population};
use super::rng::Rng;
use super::{Split, words};

/// Files of one root.
pub(crate) struct Set {
    /// What is hard about it.
    pub(crate) about: &'static str,
    /// Name and bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// How many individuals.
    pub(crate) people: u64,
}

/// What is hard about a set, in turn.
const ABOUT: [&str; 8] = [
    "families on one subscriber number",
    "dependants with the subscriber's SSN",
    "twins on one number",
    "newborns without a name or number of their own",
    "two hospitals that number alike",
    "the same extract thirty nights running",
    "one SSN shared by two people",
    "three kinds of files about the same people",
];

/// The set of that number.
pub(crate) fn set(split: Split, seed: u64, number: usize) -> Set {
    let mut rng = Rng::new(seed.wrapping_mul(0x9E37).wrapping_add(number as u64) ^ split.pick(0, 0x5EED));
    let mut population = Population::new(split, &mut rng, 150);
    let about = ABOUT[number % ABOUT.len()];
    let (size, style) = (population.people.len(), Style::new(split, &mut rng));
    let mut files = Vec::new();
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    use Field::*;
    let names = [LastName, FirstName];
    let mut write = |name: String,
                     population: &Population,
                     who: &[usize],
                     fields: &[Field],
                     seen: &mut BTreeSet<usize>,
                     rng: &mut Rng| {
        seen.extend(who);
        files.push((name, table(population, who, fields, &style, split, rng)));
    };
    let all: Vec<usize> = (0..size).collect();
    match number % ABOUT.len() {
        0 => {
            let fields = [MemberId, names[0], names[1], BirthDate, Sex];
            write("family_202601.csv".into(), &population, &all, &fields, &mut seen, &mut rng);
            write(
                "claims_202601.csv".into(),
                &population,
                &all[..size / 2],
                &[ClaimNumber, MemberId, BirthDate, Diagnosis],
                &mut seen,
                &mut rng,
            );
        }
        1 => {
            for at in 0..size {
                let holder = population.people[at].holder;
                population.people[at].ssn = population.people[holder].ssn.clone();
            }
            write(
                "coverage.csv".into(),
                &population,
                &all,
                &[Ssn, names[0], names[1], BirthDate, Plan],
                &mut seen,
                &mut rng,
            );
        }
        2 => {
            for at in 1..size {
                if population.people[at].code >= 2 && population.people[at - 1].code >= 2 {
                    population.people[at].birth = population.people[at - 1].birth;
                }
            }
            for at in 1..size {
                if population.people[at].first == population.people[at - 1].first {
                    let given = words::given(split);
                    let next = given
                        .iter()
                        .position(|g| *g == population.people[at].first)
                        .map_or(0, |g| (g + 1) % given.len());
                    population.people[at].first = given[next].to_string();
                }
            }
            write(
                "members.csv".into(),
                &population,
                &all,
                &[MemberId, names[0], names[1], BirthDate],
                &mut seen,
                &mut rng,
            );
        }
        3 => {
            for person in population.people.iter_mut().filter(|p| p.code >= 2) {
                person.first = "BABY".to_string();
                person.birth = Day::between(&mut rng, 2025, 2026);
            }
            write(
                "births.csv".into(),
                &population,
                &all,
                &[Mrn, names[0], names[1], BirthDate, Phone],
                &mut seen,
                &mut rng,
            );
        }
        4 => {
            // The second hospital gave the numbers of the first to others.
            let numbers: Vec<String> = population.people.iter().map(|p| p.mrn.clone()).collect();
            let half = size / 2;
            for at in half..size {
                population.people[at].mrn = numbers[at - half].clone();
            }
            let fields = [Mrn, names[0], names[1], BirthDate, ServiceDate];
            write("north/visits.csv".into(), &population, &all[..half], &fields, &mut seen, &mut rng);
            write("south/visits.csv".into(), &population, &all[half..], &fields, &mut seen, &mut rng);
        }
        5 => {
            for night in 1..=30 {
                let gone = night * 2;
                let fields = [MemberId, names[0], names[1], BirthDate, Ssn, Zip];
                write(
                    format!("members_202601{night:02}.csv"),
                    &population,
                    &all[gone..gone + 60],
                    &fields,
                    &mut seen,
                    &mut rng,
                );
            }
        }
        6 => {
            for pair in 0..6 {
                population.people[pair * 9].ssn = population.people[pair * 9 + 5].ssn.clone();
            }
            write("accounts.csv".into(), &population, &all, &[Ssn, FullName, BirthDate, Street], &mut seen, &mut rng);
        }
        _ => {
            write(
                "elig.csv".into(),
                &population,
                &all[..90],
                &[MemberId, names[0], names[1], BirthDate, Ssn],
                &mut seen,
                &mut rng,
            );
            write(
                "visits.csv".into(),
                &population,
                &all[40..],
                &[Mrn, names[0], names[1], BirthDate, Ssn],
                &mut seen,
                &mut rng,
            );
            write(
                "claims.csv".into(),
                &population,
                &all[60..100],
                &[ClaimNumber, MemberId, BirthDate, Diagnosis],
                &mut seen,
                &mut rng,
            );
        }
    }
    Set { about, files, people: seen.len() as u64 }
}

fn table(
    population: &Population,
    who: &[usize],
    fields: &[Field],
    style: &Style,
    split: Split,
    rng: &mut Rng,
) -> Vec<u8> {
    let names: Vec<String> = fields.iter().map(|field| rng.pick(field.headers(split)).to_string()).collect();
    let mut feed = Feed::of(&KINDS[0], population, 0, rng);
    feed.records = who
        .iter()
        .enumerate()
        .map(|(number, person)| Record { person: *person, provider: 0, number, visit: Day::between(rng, 2025, 2026) })
        .collect();
    let mut out = format!("{}\n", names.join("|"));
    for record in &feed.records {
        let values: Vec<String> =
            fields.iter().map(|field| field.value(record, population, style, false, rng)).collect();
        out.push_str(&values.join("|"));
        out.push('\n');
    }
    out.into_bytes()
}
