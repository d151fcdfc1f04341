//! Figures out of many measurements, and how they are printed.

use std::time::Duration;

/// How long things took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times(pub(crate) Vec<Duration>);

impl Times {
    /// The time that so many of a hundred did not exceed.
    pub(crate) fn percentile(&mut self, percent: usize) -> Duration {
        self.0.sort();
        let at = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(at).copied().unwrap_or_default()
    }
}

/// Milliseconds with one digit.
pub(crate) fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

/// So many in a second.
pub(crate) fn per_second(count: usize, time: Duration) -> f64 {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    f64::from(count) / time.as_secs_f64().max(0.001)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let mut times = Times((1..=200).map(Duration::from_millis).collect());
        assert_eq!(
            (times.percentile(50), times.percentile(99)),
            (Duration::from_millis(100), Duration::from_millis(198))
        );
        assert_eq!(Times::default().percentile(99), Duration::ZERO);
        assert!((per_second(500, Duration::from_millis(250)) - 2_000.0).abs() < 0.1);
    }
}
