//! Words documents are made of, by half. Names are common and less common ones of the country; some stand on no list.

use super::Split;

pub(crate) fn given(split: Split) -> &'static [&'static str] {
    split.pick(
        &[
            "Maria",
            "Kevin",
            "Susan",
            "Brian",
            "Nancy",
            "James",
            "Linda",
            "Robert",
            "Patricia",
            "Michael",
            "Barbara",
            "William",
            "Jennifer",
            "David",
            "Elizabeth",
            "Richard",
            "Carmen",
            "Joseph",
            "Rosa",
            "Thomas",
            "Dorothy",
            "Luis",
            "Betty",
            "Carlos",
            "Helen",
            "Tyrone",
            "Aisha",
            "Sandra",
            "Mei",
            "Xiomara",
        ],
        &[
            "Anthony",
            "Donna",
            "Mark",
            "Carol",
            "Steven",
            "Ruth",
            "Paul",
            "Sharon",
            "Andrew",
            "Michelle",
            "Kenneth",
            "Laura",
            "George",
            "Sarah",
            "Edward",
            "Kimberly",
            "Ronald",
            "Deborah",
            "Juan",
            "Jessica",
            "Timothy",
            "Shirley",
            "Jose",
            "Cynthia",
            "Larry",
            "Angela",
            "Jeffrey",
            "Melissa",
            "Latoya",
            "Oluwaseun",
            "Brenda",
            "Amy",
        ],
    )
}

pub(crate) fn surnames(split: Split) -> &'static [&'static str] {
    split.pick(
        &[
            "Delgado",
            "Marsh",
            "Boyle",
            "Stokes",
            "Vance",
            "Smith",
            "Johnson",
            "Williams",
            "Brown",
            "Jones",
            "Garcia",
            "Miller",
            "Davis",
            "Rodriguez",
            "Martinez",
            "Hernandez",
            "Lopez",
            "Gonzalez",
            "Wilson",
            "Anderson",
            "Nguyen",
            "Taylor",
            "Moore",
            "Jackson",
            "Quintzalli",
            "O'Brien",
            "Lee",
            "Perez",
            "Thompson",
            "White",
            "Harris",
            "Kowalczyk",
        ],
        &[
            "Sanchez",
            "Clark",
            "Ramirez",
            "Lewis",
            "Robinson",
            "Walker",
            "Young",
            "Allen",
            "King",
            "Wright",
            "Scott",
            "Torres",
            "Hill",
            "Flores",
            "Green",
            "Adams",
            "Nelson",
            "Baker",
            "Hall",
            "Rivera",
            "Campbell",
            "Mitchell",
            "Carter",
            "Roberts",
            "Okonkwo",
            "Phillips",
            "Evans",
            "Turner",
            "McAllister",
            "Diaz",
            "Parker",
            "Cruz",
            "Edwards",
            "Collins",
            "Reyes",
            "Vandermolen",
        ],
    )
}

/// City, state, first three figures of its ZIP codes, an area code.
pub(crate) fn cities(split: Split) -> &'static [(&'static str, &'static str, &'static str, &'static str)] {
    split.pick(
        &[
            ("Mobile", "AL", "366", "251"),
            ("Birmingham", "AL", "352", "205"),
            ("Springfield", "IL", "627", "217"),
            ("Albany", "NY", "122", "518"),
            ("Dallas", "TX", "752", "214"),
            ("Fresno", "CA", "937", "559"),
            ("Atlanta", "GA", "303", "404"),
            ("Columbus", "OH", "432", "614"),
            ("Tampa", "FL", "336", "813"),
        ],
        &[
            ("Denver", "CO", "802", "303"),
            ("Portland", "OR", "972", "503"),
            ("Boston", "MA", "021", "617"),
            ("Memphis", "TN", "381", "901"),
            ("Newark", "NJ", "071", "973"),
            ("Phoenix", "AZ", "850", "602"),
            ("Detroit", "MI", "482", "313"),
            ("Baltimore", "MD", "212", "410"),
            ("Omaha", "NE", "681", "402"),
        ],
    )
}

pub(crate) fn streets(split: Split) -> &'static [&'static str] {
    split.pick(
        &[
            "Old Mill Rd",
            "Oak Street",
            "N Main St",
            "Government Blvd",
            "Cedar Ave",
            "Maple Drive",
            "Hillcrest Ln",
            "Park Pl",
        ],
        &[
            "Washington Ave",
            "E 14th Street",
            "Lakeview Ct",
            "Sunset Blvd Apt 4B",
            "County Road 12",
            "Elm Ter",
            "S Pine Way",
        ],
    )
}

pub(crate) fn mail_hosts(split: Split) -> &'static [&'static str] {
    split.pick(
        &["gulfmail.net", "gmail.com", "outlook.com"],
        &["yahoo.com", "hotmail.com", "coastalisp.net", "icloud.com"],
    )
}

pub(crate) const DIAGNOSES: [&str; 8] = ["E11.9", "I10", "J44.1", "F32.9", "N18.3", "M54.5", "Z23", "K21.9"];

pub(crate) fn companies(split: Split) -> &'static [&'static str] {
    split.pick(
        &["Harbor Supply Co", "Allied Freight LLC", "Northside Printing", "Pioneer Tools Inc", "Summit Paper Group"],
        &[
            "Redwood Logistics",
            "Bluebird Catering LLC",
            "Keystone Electric",
            "Granite State Tires",
            "Coastal Signs Inc",
        ],
    )
}

pub(crate) fn goods(split: Split) -> &'static [&'static str] {
    split.pick(
        &["steel bracket", "garden hose", "paper towel", "copper fitting", "label roll", "desk lamp"],
        &["ceramic mug", "nitrile gloves", "office chair", "toner black", "extension cord", "wall clock"],
    )
}
