//! Small numbers of people → what may be published of them. In: counts and the total beside them. Out: each as text, 1 to 10 as
//! `<11`, and nothing from which such a number could be computed. Refuses nothing.
//!
//! 11 is the smallest cell that CMS lets be published (CMS cell size suppression policy, as ResDAC states it), zero set apart.

use crate::report::words::thousands;

/// The smallest number that is shown, but for none.
const SHOWN: u64 = 11;

/// What stands for a number that is not shown.
pub(super) const SMALL: &str = "<11";

/// What stands for a number that is shown nowhere since it would give away another.
pub(super) const HIDDEN: &str = "not shown";

/// A number by itself.
pub(super) fn number(n: u64) -> String {
    if is_small(n) { SMALL.to_string() } else { thousands(n) }
}

/// A part of a total that is shown too: what is left must not be small either.
pub(super) fn part(n: u64, total: u64) -> String {
    match total.checked_sub(n) {
        _ if is_small(n) => SMALL.to_string(),
        Some(rest) if is_small(rest) && !is_small(total) => format!("all but {SMALL}"),
        _ => thousands(n),
    }
}

/// Numbers that add up to a total which is shown too. Small ones are hidden, and then the smallest others, until what is hidden
/// are two or more that together are not small.
pub(super) fn parts(numbers: &[u64]) -> Vec<String> {
    let mut hidden: Vec<bool> = numbers.iter().map(|n| is_small(*n)).collect();
    let sum = |hidden: &[bool]| numbers.iter().zip(hidden).filter(|(_, hidden)| **hidden).map(|(n, _)| *n).sum::<u64>();
    let count = |hidden: &[bool]| hidden.iter().filter(|hidden| **hidden).count();
    while hidden.contains(&true) && (count(&hidden) < 2 || sum(&hidden) < SHOWN) {
        let shown = (0..numbers.len()).filter(|at| !hidden[*at] && numbers[*at] > 0);
        // Where nothing is left to hide the total is small or the only other number is none: the total is hidden by its own.
        let Some(next) = shown.min_by_key(|at| numbers[*at]) else { break };
        hidden[next] = true;
    }
    let texts = numbers.iter().zip(&hidden).map(|(n, hidden)| match hidden {
        _ if is_small(*n) => SMALL.to_string(),
        true => HIDDEN.to_string(),
        false => thousands(*n),
    });
    texts.collect()
}

/// A range, whose ends are shown if they are not small.
pub(super) fn range(low: u64, high: u64) -> String {
    match (is_small(low), is_small(high)) {
        (_, true) => SMALL.to_string(),
        (true, false) => format!("up to {}", thousands(high)),
        (false, false) if low == high => thousands(low),
        (false, false) => format!("{} to {}", thousands(low), thousands(high)),
    }
}

fn is_small(n: u64) -> bool {
    (1..SHOWN).contains(&n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_not_shown() {
        for (n, expected) in [(0, "0"), (1, "<11"), (10, "<11"), (11, "11"), (1171, "1,171")] {
            assert_eq!(number(n), expected);
        }
        assert_eq!(
            (range(3, 9), range(3, 1000), range(20, 30), range(20, 20)),
            ("<11".into(), "up to 1,000".into(), "20 to 30".into(), "20".into())
        );
    }

    #[test]
    fn what_is_left_of_a_total_is_not_small_either() {
        for (n, total, expected) in
            [(5, 100, "<11"), (95, 100, "all but <11"), (89, 100, "89"), (100, 100, "100"), (0, 5, "0"), (5, 5, "<11")]
        {
            assert_eq!(part(n, total), expected, "{n} of {total}");
        }
    }

    /// Whoever knows the total and reads the numbers can tell no number below 11.
    #[test]
    fn no_small_number_can_be_computed_from_the_others() {
        let cases: [&[u64]; 9] = [
            &[700, 21, 450],
            &[700, 5, 450],
            &[700, 5, 6],
            &[700, 2, 3, 90],
            &[1, 1, 1, 1],
            &[500, 0, 5],
            &[5],
            &[0, 0],
            &[11, 11, 1],
        ];
        for numbers in cases {
            let shown = parts(numbers);
            let hidden: Vec<u64> = numbers
                .iter()
                .zip(&shown)
                .filter(|(_, text)| [SMALL, HIDDEN].contains(&text.as_str()))
                .map(|(n, _)| *n)
                .collect();
            let total: u64 = numbers.iter().sum();
            let all_hidden = hidden.iter().sum::<u64>() == total;
            if !hidden.is_empty() && !all_hidden {
                assert!(hidden.len() > 1 && hidden.iter().sum::<u64>() >= SHOWN, "{numbers:?} {shown:?}");
            }
            for (n, text) in numbers.iter().zip(&shown) {
                assert!(!is_small(*n) || text == SMALL, "{numbers:?} {shown:?}");
            }
        }
        assert_eq!(parts(&[700, 5, 450]), ["700", "<11", "not shown"]);
        assert_eq!(parts(&[700, 21, 450]), ["700", "21", "450"]);
    }
}
