//! Chance out of a seed, the same on every machine. Must never be used for secrets.

/// SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    #[must_use = "chance that is drawn and not used moves all that follows"]
    pub const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `from..to`; `from` when the range is empty.
    #[must_use]
    pub fn between(&mut self, from: u32, to: u32) -> u32 {
        let span = u64::from(to.saturating_sub(from).max(1));
        from + u32::try_from(self.draw() % span).unwrap_or(0)
    }

    /// True in so many of a hundred cases.
    #[must_use]
    pub fn chance(&mut self, percent: u32) -> bool {
        self.between(0, 100) < percent
    }

    /// One of them. The slice must not be empty.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
        &all[usize::try_from(self.between(0, count)).unwrap_or(0)]
    }

    /// Ten bytes for an id.
    #[must_use]
    pub fn bytes(&mut self) -> [u8; 10] {
        let (a, b) = (self.draw().to_be_bytes(), self.draw().to_be_bytes());
        [a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], b[0], b[1]]
    }
}
