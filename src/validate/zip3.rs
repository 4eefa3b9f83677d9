//! First three digits of ZIP codes and the states they lie in. In: a number 0 to 999. Out: states, or nothing where no
//! ZIP code starts so. Source: the USPS assignments as shipped in PyPI `zipcodes` 3.0.0 (MIT).

/// From, to, states.
const STATES: &[(u16, u16, &str)] = &[
    (5, 5, "NY"),
    (6, 7, "PR"),
    (8, 8, "VI"),
    (9, 9, "PR"),
    (10, 27, "MA"),
    (28, 29, "RI"),
    (30, 38, "NH"),
    (39, 49, "ME"),
    (50, 54, "VT"),
    (55, 55, "MA"),
    (56, 59, "VT"),
    (60, 62, "CT"),
    (63, 63, "CT NY"),
    (64, 69, "CT"),
    (70, 89, "NJ"),
    (90, 98, "AE"),
    (99, 99, "AE NJ"),
    (100, 149, "NY"),
    (150, 196, "PA"),
    (197, 199, "DE"),
    (200, 200, "DC"),
    (201, 201, "VA"),
    (202, 204, "DC"),
    (205, 205, "DC MD VA"),
    (206, 212, "MD"),
    (214, 219, "MD"),
    (220, 246, "VA"),
    (247, 268, "WV"),
    (270, 289, "NC"),
    (290, 299, "SC"),
    (300, 319, "GA"),
    (320, 339, "FL"),
    (340, 340, "AA"),
    (341, 342, "FL"),
    (344, 344, "FL"),
    (346, 347, "FL"),
    (349, 349, "FL"),
    (350, 352, "AL"),
    (354, 369, "AL"),
    (370, 385, "TN"),
    (386, 397, "MS"),
    (398, 399, "GA"),
    (400, 418, "KY"),
    (420, 427, "KY"),
    (430, 459, "OH"),
    (460, 479, "IN"),
    (480, 499, "MI"),
    (500, 516, "IA"),
    (520, 528, "IA"),
    (530, 532, "WI"),
    (534, 535, "WI"),
    (537, 549, "WI"),
    (550, 551, "MN"),
    (553, 567, "MN"),
    (569, 569, "DC"),
    (570, 577, "SD"),
    (580, 588, "ND"),
    (590, 599, "MT"),
    (600, 620, "IL"),
    (622, 629, "IL"),
    (630, 631, "MO"),
    (633, 641, "MO"),
    (644, 658, "MO"),
    (660, 662, "KS"),
    (664, 679, "KS"),
    (680, 681, "NE"),
    (683, 693, "NE"),
    (700, 701, "LA"),
    (703, 708, "LA"),
    (710, 714, "LA"),
    (716, 725, "AR"),
    (726, 726, "AR MO"),
    (727, 729, "AR"),
    (730, 731, "OK"),
    (733, 733, "TX"),
    (734, 738, "OK"),
    (739, 739, "OK TX"),
    (740, 741, "OK"),
    (743, 749, "OK"),
    (750, 770, "TX"),
    (772, 799, "TX"),
    (800, 816, "CO"),
    (820, 831, "WY"),
    (832, 833, "ID"),
    (834, 834, "ID WY"),
    (835, 838, "ID"),
    (840, 847, "UT"),
    (850, 853, "AZ"),
    (855, 857, "AZ"),
    (859, 860, "AZ"),
    (863, 865, "AZ"),
    (870, 871, "NM"),
    (873, 884, "NM"),
    (885, 885, "TX"),
    (888, 888, "DC"),
    (889, 891, "NV"),
    (893, 895, "NV"),
    (897, 898, "NV"),
    (900, 908, "CA"),
    (910, 928, "CA"),
    (930, 961, "CA"),
    (962, 966, "AP"),
    (967, 967, "HI AS"),
    (968, 968, "HI"),
    (969, 969, "GU FM MP PW MH"),
    (970, 979, "OR"),
    (980, 986, "WA"),
    (988, 994, "WA"),
    (995, 999, "AK"),
];

/// The states, as two-letter codes with spaces between, of the ZIP codes that start with these three digits.
pub(super) fn states(first_three: u16) -> Option<&'static str> {
    let at = STATES.partition_point(|(_, to, _)| *to < first_three);
    STATES.get(at).filter(|(from, _, _)| *from <= first_three).map(|(_, _, states)| *states)
}

/// First three digits of ZIP codes whose area has 20,000 people or fewer, so that Safe Harbor wants 000 instead (45 CFR
/// 164.514(b)(2)(i)(B)): the union of the lists after the census of 2000 (HHS guidance of 2012), 2010 and 2020, since the rule says
/// the currently available data and an area once restricted may be so for who reads older lists.
const RESTRICTED: &[u16] =
    &[36, 59, 63, 102, 202, 203, 204, 205, 369, 556, 692, 753, 772, 790, 821, 823, 830, 831, 878, 879, 884, 890, 893];

/// Whether ZIP codes that start so must be written 000. Military ones (090 to 098) and beginnings that no ZIP code has count too:
/// nobody is counted there. `000` is what the rule asks for.
pub fn is_restricted(first_three: u16) -> bool {
    first_three != 0
        && (RESTRICTED.binary_search(&first_three).is_ok()
            || (90..=98).contains(&first_three)
            || states(first_three).is_none())
}
