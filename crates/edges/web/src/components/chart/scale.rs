//! The scale of an axis: round numbers around what is to be shown.

/// A scale from a lowest to a highest line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    low: i64,
    high: i64,
    step: i64,
}

/// How many steps there are at about.
const STEPS: i64 = 4;

impl Scale {
    /// A scale that holds these values, and zero where the height of a thing speaks.
    pub(super) fn around(values: impl Iterator<Item = i64>, with_zero: bool) -> Self {
        let (mut low, mut high) = (i64::MAX, i64::MIN);
        for value in values {
            (low, high) = (low.min(value), high.max(value));
        }
        if low > high {
            (low, high) = (0, 0);
        }
        if with_zero {
            (low, high) = (low.min(0), high.max(0));
        }
        // Halves of the range are left free, so that no sum below leaves it.
        let limit = i64::MAX / 4;
        (low, high) = (low.clamp(-limit, limit), high.clamp(-limit, limit));
        let step = round_step((high - low) / STEPS);
        let low = low.div_euclid(step) * step;
        let high = high.div_euclid(step) * step + if high.rem_euclid(step) == 0 { 0 } else { step };
        Self {
            low,
            high: if high == low { low + step } else { high },
            step,
        }
    }

    /// The lines, from the lowest.
    pub(super) fn lines(self) -> impl Iterator<Item = i64> {
        let count = (self.high - self.low) / self.step;
        (0..=count).map(move |place| self.low + place * self.step)
    }

    /// How far down from the top a value lies, in thousandths.
    pub(super) fn down(self, value: i64) -> i32 {
        let share = i128::from(self.high - value) * 1_000 / i128::from(self.high - self.low);
        share.clamp(0, 1_000) as i32
    }
}

/// The next of 1, 2, 5, 10, 20, 50 … that is no smaller.
fn round_step(least: i64) -> i64 {
    let mut unit = 1_i64;
    loop {
        for times in [1, 2, 5] {
            if unit.saturating_mul(times) >= least {
                return unit.saturating_mul(times);
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    fn lines(values: &[i64], with_zero: bool) -> Vec<i64> {
        Scale::around(values.iter().copied(), with_zero)
            .lines()
            .collect()
    }

    #[test]
    fn a_scale_is_round_and_holds_its_values() {
        assert_eq!(lines(&[3, 17], true), [0, 5, 10, 15, 20]);
        assert_eq!(lines(&[980, 1_020], false), [980, 990, 1_000, 1_010, 1_020]);
        assert_eq!(lines(&[-30, 60], true), [-50, 0, 50, 100]);
        assert_eq!(lines(&[0], true), [0, 1]);
        assert_eq!(lines(&[], false), [0, 1]);
        assert!(!lines(&[i64::MIN, i64::MAX], true).is_empty());
    }

    #[test]
    fn places_are_shares_from_the_top() {
        let scale = Scale::around([0, 20].into_iter(), true);
        assert_eq!([20, 10, 0].map(|value| scale.down(value)), [0, 500, 1_000]);
        assert_eq!(scale.down(i64::MAX / 8), 0);
    }
}
