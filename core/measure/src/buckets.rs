//! The buckets that times are counted in: HdrHistogram's, with three significant digits and 1 as
//! the lowest value. 2,048 buckets of width 1, then 1,024 of width 2, of width 4, …

/// The longest time that is told apart: one hour. Longer ones count as this.
pub(super) const LONGEST_NS: u64 = 3_600_000_000_000;

/// Buckets up to and including the one of the longest time.
pub(super) const BUCKETS: usize = index(LONGEST_NS) + 1;

/// log2 of the buckets of one width.
const HALF: u32 = 10;

/// The bucket of a time.
#[inline(always)]
pub(super) const fn index(ns: u64) -> usize {
    // Width 1 up to 2,047; from there on the width doubles with every further bit.
    let width = (u64::BITS - 1 - HALF) - (ns | ((2 << HALF) - 1)).leading_zeros();
    ((width as usize) << HALF) + (ns >> width) as usize
}

/// The lowest time of a bucket.
pub(super) const fn lowest(index: usize) -> u64 {
    let width = log2_width(index);
    ((index - (width << HALF)) as u64) << width
}

/// The highest time of a bucket.
pub(super) const fn highest(index: usize) -> u64 {
    lowest(index) + ((1 << log2_width(index)) - 1)
}

/// The time in the middle of a bucket, rounded up.
pub(super) const fn middle(index: usize) -> u64 {
    lowest(index) + ((1 << log2_width(index)) >> 1)
}

const fn log2_width(index: usize) -> usize {
    if index < 2 << HALF { 0 } else { (index >> HALF) - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_begins_and_ends_where_it_says() {
        for bucket in 0..BUCKETS {
            assert_eq!(index(lowest(bucket)), bucket);
            assert_eq!(index(highest(bucket)), bucket);
            assert_eq!(index(highest(bucket) + 1), bucket + 1);
            assert!((lowest(bucket)..=highest(bucket)).contains(&middle(bucket)));
        }
    }
}
