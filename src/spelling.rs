//! A misspelt name → the known name that was meant. In: a word, the names there are. Out: the nearest, where one is near enough to be
//! worth suggesting. Refuses nothing.

/// The nearest name: at most two slips away, three where the name is longer than eight characters, and never all of it.
pub(crate) fn nearest<'a>(misspelt: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let misspelt = misspelt.trim().to_lowercase();
    names
        .into_iter()
        .map(|name| (distance(&misspelt, name), name))
        .min()
        .filter(|(d, name)| *d < name.len() && (*d <= 2 || (*d <= 3 && name.len() > 8)))
        .map(|(_, name)| name)
}

/// `; did you mean NAME?`, or nothing.
pub(crate) fn hint<'a>(misspelt: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(misspelt, names).map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

/// Levenshtein distance of two short words; of one that is longer than any name, its length.
fn distance(a: &str, b: &str) -> usize {
    const LONGEST: usize = 64;
    if a.len() > LONGEST {
        return a.len();
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_if_it_is_near() {
        let names = ["denied", "encrypted", "weak-encryption", "mbi"];
        for (misspelt, expected) in [
            ("denyed", Some("denied")),
            ("Encryptd", Some("encrypted")),
            ("weak_encrypton", Some("weak-encryption")),
            ("mib", Some("mbi")),
            ("xyz", None),
            ("", None),
            ("something else", None),
        ] {
            assert_eq!(nearest(misspelt, names), expected, "{misspelt}");
        }
        assert_eq!(hint("mbl", names), "; did you mean mbi?");
        assert_eq!(nearest(&"x".repeat(100_000), names), None);
    }
}
