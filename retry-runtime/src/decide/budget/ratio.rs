//! A ratio of retries to calls, counted in a window that slides.

use super::super::atomic::{AtomicU64, Ordering};

/// Calls and retries, counted in a window that slides by a tenth of its length.
///
/// Each tenth has a number, its tick, and each cell the lower half of the tick that it counts for,
/// then the count.
#[derive(Debug)]
pub(crate) struct Ratio {
    /// Retries per call, with 32 fractional bits.
    pub(super) per_call: u64,
    /// Retries in a window that need no call.
    pub(super) floor: u64,
    /// A tenth of the window, in nanoseconds.
    pub(super) slot: u64,
    pub(super) calls: Cells,
    pub(super) retries: Cells,
}

pub(super) type Cells = [AtomicU64; Ratio::SLOTS as usize];

impl Ratio {
    pub(super) const SLOTS: u8 = 10;
    pub(super) const ONE: f64 = 4_294_967_296.0;
    pub(super) const SECOND: u128 = 1_000_000_000;

    pub(super) fn new(per_call: u64, floor: u64, slot: u64) -> Self {
        let cells = || core::array::from_fn(|_| AtomicU64::new(0));
        Self { per_call, floor, slot, calls: cells(), retries: cells() }
    }

    pub(super) fn called(&self, now: u64) {
        let tick = self.tick(now);
        count(cell(&self.calls, tick), tick);
    }

    /// Counts the retry first and takes it back where it was one too many: of two threads that ask
    /// at once, at least one sees the other. What it took is the tick that it counts for.
    pub(super) fn take(&self, now: u64) -> Option<u32> {
        let tick = self.tick(now);
        let cell = cell(&self.retries, tick);
        let counted = (count(cell, tick) >> 32) as u32;
        if total(&self.retries, tick) <= self.allowed(tick) {
            return Some(counted);
        }
        uncount(cell, counted);
        None
    }

    /// The retry that was counted for this tick was never made.
    pub(super) fn put_back(&self, counted: u32) {
        let is_of_it = |cell: &&AtomicU64| is_of(cell.load(Ordering::SeqCst), counted);
        if let Some(cell) = self.retries.iter().find(is_of_it) {
            uncount(cell, counted);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "what does not fit saturates")]
    pub(super) fn available(&self, now: u64) -> u32 {
        let tick = self.tick(now);
        let left = self.allowed(tick).saturating_sub(total(&self.retries, tick));
        left.min(u64::from(u32::MAX)) as u32
    }

    #[expect(clippy::cast_possible_truncation, reason = "the ratio is at most 1000")]
    pub(super) fn allowed(&self, tick: u64) -> u64 {
        let calls = u128::from(total(&self.calls, tick));
        (((calls * u128::from(self.per_call)) >> 32) as u64).saturating_add(self.floor)
    }

    pub(super) const fn tick(&self, now: u64) -> u64 {
        now / self.slot
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the remainder is small")]
pub(super) const fn cell(cells: &Cells, tick: u64) -> &AtomicU64 {
    &cells[(tick % Ratio::SLOTS as u64) as usize]
}

/// The count of a slot, in its lower half.
pub(super) const FULL: u64 = u32::MAX as u64;

/// Adds one to the slot of this tick, which starts from 0 where an older tick had it: the slot as
/// it is then.
pub(super) fn count(cell: &AtomicU64, tick: u64) -> u64 {
    let mut counted = 0;
    let _ = cell.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |slot| {
        // A thread that looked at the clock long ago counts for the tick that is there.
        let is_current = slot != 0 && age(slot, tick) <= 0;
        counted = match slot & FULL {
            FULL if is_current => slot,
            _ if is_current => slot + 1,
            _ => tick << 32 | 1,
        };
        Some(counted)
    });
    counted
}

/// Takes one away again, if the slot still counts for this tick.
pub(super) fn uncount(cell: &AtomicU64, counted: u32) {
    let less = |slot: u64| is_of(slot, counted).then(|| slot - 1);
    let _ = cell.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
}

/// Whether the slot counts anything for this tick.
pub(super) const fn is_of(slot: u64, counted: u32) -> bool {
    slot >> 32 == counted as u64 && slot & FULL > 0
}

/// The sum of the slots that are not older than the window.
pub(super) fn total(cells: &Cells, tick: u64) -> u64 {
    pub(super) const WINDOW: i32 = Ratio::SLOTS as i32;
    cells
        .iter()
        .map(|cell| cell.load(Ordering::SeqCst))
        .filter(|slot| age(*slot, tick) < WINDOW)
        .map(|slot| slot & FULL)
        .sum()
}

/// By how many ticks the slot is behind; negative where it is ahead.
///
/// Halves of ticks wrap around, so what is seven years behind in the shortest window seems ahead.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "halves of ticks are compared as they wrap around"
)]
pub(super) const fn age(slot: u64, tick: u64) -> i32 {
    (tick as u32).wrapping_sub((slot >> 32) as u32) as i32
}
