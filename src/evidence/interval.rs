//! How sure a share is that was found by looking at a sample. In: verdicts with weights. Out: the share and its interval of 95 %.
//! Refuses nothing; of nothing there is no share.

/// The quantile of the normal distribution that leaves 2.5 % on each side.
const Z: f64 = 1.959_963_985;

/// A share with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Between 0 and 1, by weight.
    pub share: f64,
    /// Low end of the interval of 95 %.
    pub low: f64,
    /// High end.
    pub high: f64,
}

/// Verdicts being added up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Verdicts {
    /// How many.
    pub count: u64,
    /// How many of them say yes.
    pub yes: u64,
    weight: f64,
    weight_yes: f64,
    squares: f64,
}

impl Verdicts {
    /// One more; its weight is how many it stands for.
    pub fn add(&mut self, yes: bool, weight: f64) {
        self.count += 1;
        self.yes += u64::from(yes);
        self.weight += weight;
        self.weight_yes += if yes { weight } else { 0.0 };
        self.squares += weight * weight;
    }

    /// The share of yes by weight, with the interval of Wilson (1927) over the effective size of the sample (Kish 1965): weights
    /// that differ say less than as many that are alike.
    pub fn share(&self) -> Option<Share> {
        if self.count == 0 || self.weight <= 0.0 || self.squares <= 0.0 {
            return None;
        }
        let n = self.weight * self.weight / self.squares;
        let p = (self.weight_yes / self.weight).clamp(0.0, 1.0);
        let z2 = Z * Z;
        let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        Some(Share { share: p, low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
    }

    /// Above which the share is not, with 95 %: by the rule of three (Hanley and Lippman-Hand 1983) where there is no yes at all, else
    /// the high end of [`Verdicts::share`].
    pub fn upper(&self) -> Option<f64> {
        let share = self.share()?;
        let n = self.weight * self.weight / self.squares;
        Some(if self.yes == 0 { (3.0 / n).min(1.0) } else { share.high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(yes: u64, count: u64) -> Verdicts {
        let mut verdicts = Verdicts::default();
        (0..count).for_each(|n| verdicts.add(n < yes, 7.0));
        verdicts
    }

    /// The figures of Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
    #[test]
    fn the_interval_is_that_of_wilson() {
        for (yes, count, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let share = of(yes, count).share().unwrap();
            assert!((share.low - low).abs() < 5e-5 && (share.high - high).abs() < 5e-5, "{yes}/{count}: {share:?}");
        }
        assert_eq!(Verdicts::default().share(), None);
    }

    #[test]
    fn weights_move_the_share_and_widen_the_interval() {
        let mut uneven = Verdicts::default();
        (0..10).for_each(|_| uneven.add(true, 1.0));
        (0..10).for_each(|_| uneven.add(false, 9.0));
        let share = uneven.share().unwrap();
        assert!((share.share - 0.1).abs() < 1e-9);
        let even = of(2, 20).share().unwrap();
        assert!(share.high - share.low > even.high - even.low, "{share:?} {even:?}");
    }

    #[test]
    fn none_in_thirty_is_at_most_a_tenth() {
        assert!((of(0, 30).upper().unwrap() - 0.1).abs() < 1e-9);
        assert_eq!(of(1, 30).upper(), of(1, 30).share().map(|share| share.high));
    }
}
