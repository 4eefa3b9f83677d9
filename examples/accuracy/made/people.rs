//! The people records are about, in households that share a member number, and the providers who see them. In: a half, a
//! stream of random numbers. Out: a [`Population`].

use super::Split;
use super::rng::Rng;
use super::words;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
}

impl Day {
    /// Some day of these years.
    pub(crate) fn between(rng: &mut Rng, from: i64, to: i64) -> Day {
        Day { year: rng.range(from, to + 1), month: rng.range(1, 13), day: rng.range(1, 29) }
    }
}

/// One person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) first: String,
    pub(crate) middle: char,
    pub(crate) last: String,
    pub(crate) birth: Day,
    pub(crate) died: Option<Day>,
    /// Nine figures.
    pub(crate) ssn: String,
    pub(crate) mbi: Option<String>,
    pub(crate) hicn: Option<String>,
    /// The household's, as the payer writes it.
    pub(crate) member: String,
    pub(crate) code: u8,
    pub(crate) medicaid: Option<String>,
    pub(crate) mrn: String,
    pub(crate) group: String,
    /// Ten figures.
    pub(crate) phone: String,
    pub(crate) email: String,
    pub(crate) street: String,
    pub(crate) city: &'static str,
    pub(crate) state: &'static str,
    pub(crate) zip: String,
    /// The subscriber, an index into [`Population::people`].
    pub(crate) holder: usize,
}

/// One who sees patients.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) npi: String,
    pub(crate) dea: String,
    pub(crate) phone: String,
    pub(crate) street: String,
    pub(crate) zip: String,
}

/// People and providers.
#[derive(Clone, Debug)]
pub(crate) struct Population {
    pub(crate) people: Vec<Person>,
    pub(crate) providers: Vec<Provider>,
}

/// A Social Security number as they are given out: no area 000, 666 or from 900, no group 00, no serial 0000.
pub(crate) fn ssn(rng: &mut Rng) -> String {
    loop {
        let area = rng.range(1, 900);
        if area != 666 {
            return format!("{area:03}{:02}{:04}", rng.range(1, 100), rng.range(1, 10_000));
        }
    }
}

/// CMS, MBI format: no S, L, O, I, B, Z; the second is never S, which only test data has.
pub(crate) fn mbi(rng: &mut Rng) -> String {
    const LETTERS: &[u8] = b"ACDEFGHJKMNPQRTUVWXY";
    let mut out = String::new();
    for class in "1AX9AX9AA99".chars() {
        let letter = char::from(*rng.pick(LETTERS));
        let digit = char::from(b'0' + rng.below(10) as u8);
        out.push(match class {
            '1' => char::from(b'1' + rng.below(9) as u8),
            'A' => letter,
            '9' => digit,
            _ if rng.percent(50) => letter,
            _ => digit,
        });
    }
    out
}

/// Ten figures, the last of which makes Luhn's sum over 80840 and all of them a multiple of ten.
pub(crate) fn npi(rng: &mut Rng) -> String {
    let body = format!("1{}", rng.digits(8));
    let sum: u32 = format!("80840{body}")
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, b)| {
            let digit = u32::from(b - b'0') * if at % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// Two letters, the second the surname's first, six figures and their check.
fn dea(rng: &mut Rng, last: &str) -> String {
    let digits = rng.digits(6);
    let d: Vec<u32> = digits.bytes().map(|b| u32::from(b - b'0')).collect();
    let check = (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10;
    format!("{}{}{digits}{check}", rng.pick(&["A", "B", "F", "M"]), last[..1].to_uppercase())
}

fn phone(rng: &mut Rng, area: &str) -> String {
    // 555-01xx is kept for stories.
    let exchange = loop {
        // 211, 311 and the like are services.
        let exchange = rng.range(220, 550);
        if exchange % 100 != 11 {
            break exchange;
        }
    };
    format!("{area}{exchange}{}", rng.digits(4))
}

impl Population {
    /// About so many people in households of one to five.
    pub(crate) fn new(split: Split, rng: &mut Rng, size: usize) -> Population {
        let mut people = Vec::new();
        let member_form = *rng.pick(split.pick(
            &[
                "XQZ999999999",
                "999999999-",
                "R99999999",
                "W9999 99999",
                "H99999999",
                "99999999999",
                "AAA999A99999",
                "U99999999-01",
                "9999999A",
                "ZPQ99999999A",
                "109999999",
            ][..],
            &["YDL999M99999", "J9999999900", "9999-99999-9", "80099999999", "AZ9999999"][..],
        ));
        let mrn_form = *rng.pick(split.pick(
            &[
                "9999999",
                "99999999",
                "MR-999999",
                "E9999999",
                "99-99-99",
                "0009999999",
                "M000999999",
                "H999999",
                "100999999",
                "LK00999999",
                "9999-9999",
            ][..],
            &["C99999", "99999999-0", "WV-0099999", "999999999"][..],
        ));
        let medicaid_form = *rng.pick(split.pick(
            &[
                "AA99999A",
                "9999999999",
                "999999999W",
                "599999999",
                "99999999A",
                "9999999999",
                "1999999999999",
                "AA99999A",
            ][..],
            &["99999999999", "9999999999", "AA99999A"][..],
        ));
        let group_form = *rng.pick(split.pick(
            &["79999", "GRP-9999", "00A9999", "999999-01", "HMO9999", "0999999", "LK9999A", "99-9999"][..],
            &["G99999", "7099999-0010", "PPO-99999"][..],
        ));
        let groups: Vec<String> = (0..6).map(|_| rng.picture(group_form)).collect();
        while people.len() < size {
            let holder = people.len();
            let family = rng.pick(&[1, 1, 2, 2, 3, 4, 5]);
            let last = rng.pick(words::surnames(split)).to_string();
            let (city, state, zip3, area) = *rng.pick(words::cities(split));
            let street = format!("{} {}", rng.range(10, 9900), rng.pick(words::streets(split)));
            let zip = format!("{zip3}{:02}", rng.range(1, 60));
            let member = loop {
                let member = rng.picture(member_form);
                if !member.starts_with('0') {
                    break member;
                }
            };
            let group = rng.pick(&groups).clone();
            let oldest = rng.range(1930, 1996);
            for code in 0..*family {
                let years = match code {
                    0 => (oldest, oldest),
                    1 => (oldest - 4, oldest + 4),
                    _ => (oldest + 20, oldest + 38),
                };
                let birth = Day::between(rng, years.0, years.1.min(2025));
                // Nobody calls two children alike.
                let first = loop {
                    let first = *rng.pick(words::given(split));
                    if people[holder..].iter().all(|p: &Person| p.first != first) {
                        break first.to_string();
                    }
                };
                let ssn = ssn(rng);
                let old = birth.year < 1960;
                let mut mbi = old.then(|| mbi(rng));
                let mut hicn = (old && rng.percent(40)).then(|| format!("{ssn}{}", rng.pick(&["A", "B", "D", "T"])));
                if rng.percent(10) {
                    (mbi, hicn) = (None, None);
                }
                let email = format!(
                    "{}.{}{}@{}",
                    first.to_lowercase(),
                    last.to_lowercase().replace(['\'', ' ', '.'], ""),
                    rng.range(1, 99),
                    rng.pick(words::mail_hosts(split))
                );
                people.push(Person {
                    middle: char::from(b'A' + rng.below(26) as u8),
                    last: last.clone(),
                    birth,
                    died: (old && rng.percent(8)).then(|| Day::between(rng, 2019, 2025)),
                    ssn,
                    mbi,
                    hicn,
                    member: if member.ends_with('-') { format!("{member}{:02}", code + 1) } else { member.clone() },
                    code: code as u8,
                    medicaid: rng.percent(40).then(|| {
                        // The last letter of Washington's form is its own, a drawn one is not.
                        let drawn = rng.picture(medicaid_form);
                        if medicaid_form.ends_with('W') { drawn + "A" } else { drawn }
                    }),
                    mrn: rng.picture(mrn_form),
                    group: group.clone(),
                    phone: phone(rng, area),
                    email,
                    street: street.clone(),
                    city,
                    state,
                    zip: zip.clone(),
                    holder,
                    first,
                });
            }
        }
        let providers = (0..30)
            .map(|_| {
                let (_, _, zip3, area) = *rng.pick(words::cities(split));
                let last = rng.pick(words::surnames(split)).to_string();
                Provider {
                    first: rng.pick(words::given(split)).to_string(),
                    npi: npi(rng),
                    dea: dea(rng, &last),
                    last,
                    phone: phone(rng, area),
                    street: format!("{} {}", rng.range(10, 9900), rng.pick(words::streets(split))),
                    zip: format!("{zip3}{:02}", rng.range(1, 60)),
                }
            })
            .collect();
        Population { people, providers }
    }
}
