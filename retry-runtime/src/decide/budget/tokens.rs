//! A bucket of tokens, one atomic number.

use super::super::atomic::{AtomicTokens, Ordering};
use super::Cause;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Costs {
    pub(crate) error: u32,
    pub(crate) throttled: u32,
    pub(crate) timed_out: u32,
}

impl Costs {
    /// See [`Budget::new`].
    pub(super) const OWN: Self = Self { error: 5, throttled: 5, timed_out: 10 };

    pub(super) const fn dearest(self) -> u32 {
        let dearest = if self.error > self.throttled { self.error } else { self.throttled };
        if dearest > self.timed_out { dearest } else { self.timed_out }
    }
}

/// What comes back with time: so many tokens after so many ticks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refill {
    /// In nanoseconds.
    pub(super) tick: u64,
    pub(super) ticks: u32,
    pub(super) tokens: u32,
}

impl Refill {
    /// Nothing.
    pub(crate) const NONE: Self = Self { tick: u64::MAX, ticks: 1, tokens: 0 };

    /// Five tokens, a retry's worth, in 30 seconds.
    pub(super) const OWN: Self = Self::each(6_000_000_000, 1);

    /// So many tokens after so many nanoseconds, from a tenth of a second upwards.
    ///
    /// A tick is a small part of that, so that tokens come back when their time has passed, and no more
    /// than a tick sooner. It is not much shorter than a tenth of a second, so that 31 bits number the
    /// ticks of six years.
    #[expect(clippy::cast_possible_truncation, reason = "there are few")]
    pub(super) const fn each(nanos: u64, tokens: u32) -> Self {
        const SHORTEST: u64 = 93_750_000;
        const MOST: u64 = 64;
        let ticks = nanos / SHORTEST;
        let ticks = if ticks > MOST { MOST } else { ticks };
        Self { tick: nanos.div_ceil(ticks), ticks: ticks as u32, tokens }
    }

    /// None where that is not a rate.
    ///
    /// One token after the other, but no more often than ten times a second.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked, and what is too long saturates"
    )]
    pub(super) const fn per_second(tokens: f64) -> Option<Self> {
        const MOST: f64 = 1_000_000.0;
        const SECOND: f64 = 1_000_000_000.0;
        if !(tokens >= 0.0 && tokens <= MOST) {
            return None;
        }
        if tokens == 0.0 {
            return Some(Self::NONE);
        }
        let in_a_tenth = tokens / 10.0;
        let whole = in_a_tenth as u32;
        let is_whole = whole > 0 && whole as f64 >= in_a_tenth;
        let at_once = if is_whole { whole } else { whole + 1 };
        Some(Self::each((at_once as f64 * SECOND / tokens + 0.5) as u64, at_once))
    }

    /// The number of the tick; the clock is not asked where nothing comes back.
    pub(super) fn tick(self, now: impl FnOnce() -> u64) -> u64 {
        if self.tokens == 0 { 0 } else { now() / self.tick }
    }
}

/// A bucket of tokens.
///
/// One atomic number holds all that changes: the tokens that are taken (32 bits), whether every
/// success is to be reported (1 bit), and the tick up to which `taken` is reckoned (31 bits). What came
/// back since then is reckoned by the call that takes tokens, and written down in the same atomic step. So
/// no two threads can be granted the same token, or count the same time twice. Nothing else reads the
/// clock.
///
/// A clock that goes back a step gives nothing and takes nothing. Times are compared by the lower 31
/// bits of their ticks: a bucket that no call takes from for half of that range (more than three
/// years) may look like one that is ahead, and is then refilled by successes only.
#[derive(Debug)]
pub(crate) struct Tokens {
    /// 0 in a full bucket that is not watched, which is quick to see.
    pub(super) state: AtomicTokens,
    pub(super) capacity: u32,
    pub(super) costs: Costs,
    pub(super) refill: Refill,
}

impl Tokens {
    pub(super) const CAPACITY: u32 = 500;

    /// Every success is to be reported, also where nothing is taken.
    pub(super) const WATCHED: u64 = 1 << 32;

    /// The tick stands above this bit.
    pub(super) const TICK: u32 = 33;

    /// See [`Budget::new`].
    #[expect(clippy::declare_interior_mutable_const, reason = "every use is a bucket of its own")]
    pub(crate) const OWN: Self = Self::new(Self::CAPACITY, Self::CAPACITY, Costs::OWN, Refill::OWN);

    /// What is not available is reckoned from time 0.
    pub(crate) const fn new(capacity: u32, available: u32, costs: Costs, refill: Refill) -> Self {
        let state = AtomicTokens::new((capacity - available) as u64);
        Self { state, capacity, costs, refill }
    }

    /// The same, and every success is to be reported.
    pub(crate) const fn watched(self) -> Self {
        Self { state: AtomicTokens::new(Self::WATCHED), ..self }
    }

    /// Whether every success is to be reported.
    pub(crate) fn watch(&self, is_watched: bool) {
        if is_watched {
            self.state.fetch_or(Self::WATCHED, Ordering::AcqRel);
        } else {
            self.state.fetch_and(!Self::WATCHED, Ordering::AcqRel);
        }
    }

    /// The capacity of a function's own budget, where one call makes at most so many retries: all of
    /// them can follow timeouts.
    pub(crate) const fn own_capacity(retries: u32) -> u32 {
        let whole_call = retries.saturating_mul(Costs::OWN.dearest());
        if whole_call > Self::CAPACITY { whole_call } else { Self::CAPACITY }
    }

    pub(crate) fn available(&self, capacity: u32, now: impl FnOnce() -> u64) -> u32 {
        let state = self.state.load(Ordering::Relaxed);
        if tokens(state) == 0 {
            return capacity;
        }
        let rounds = self.rounds(state, self.refill.tick(now));
        capacity.saturating_sub(self.taken_after(state, rounds))
    }

    #[inline]
    pub(crate) fn listens(&self) -> bool {
        self.state.load(Ordering::Relaxed) != 0
    }

    /// Asks for one retry of a bucket that holds so much when it is full.
    pub(crate) fn take(
        &self,
        capacity: u32,
        cause: Cause,
        now: impl FnOnce() -> u64,
    ) -> Option<u32> {
        let cost = match cause {
            Cause::Error => self.costs.error,
            Cause::Throttled => self.costs.throttled,
            Cause::TimedOut => self.costs.timed_out,
            Cause::NotYet => return Some(0),
        };
        let tick = self.refill.tick(now);
        let more = |state: u64| {
            let rounds = self.rounds(state, tick);
            let before = self.taken_after(state, rounds);
            let taken = before.checked_add(cost).filter(|taken| *taken <= capacity)?;
            // A full bucket saves no time up; of another, what is left of it counts on.
            let since = match before {
                0 => tick,
                _ => (state >> Self::TICK) + u64::from(rounds) * u64::from(self.refill.ticks),
            };
            Some(since << Self::TICK | state & Self::WATCHED | u64::from(taken))
        };
        self.state.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok().then_some(cost)
    }

    pub(crate) fn succeeded(&self, taken: Option<u32>) {
        const FIRST_TRY: u32 = 1;
        self.put_back(taken.unwrap_or(FIRST_TRY));
    }

    pub(crate) fn put_back(&self, back: u32) {
        let less = |state: u64| match tokens(state) {
            0 => None,
            taken if taken <= back => Some(state & Self::WATCHED),
            _ => Some(state - u64::from(back)),
        };
        let _ = self.state.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// How often tokens have come back until this tick, and are not reckoned yet.
    pub(super) fn rounds(&self, state: u64, tick: u64) -> u32 {
        u32::try_from(ticks_since(state, tick)).unwrap_or(0) / self.refill.ticks
    }

    /// The tokens that are taken and have not come back after so many rounds.
    pub(super) const fn taken_after(&self, state: u64, rounds: u32) -> u32 {
        tokens(state).saturating_sub(rounds.saturating_mul(self.refill.tokens))
    }
}

/// The tokens that are taken.
#[expect(clippy::cast_possible_truncation, reason = "the upper half is for the rest")]
pub(super) const fn tokens(state: u64) -> u32 {
    state as u32
}

/// By how many ticks the state is behind; negative where it is ahead.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "31 bits are compared as they wrap around, and spread over 32 for their sign"
)]
pub(super) const fn ticks_since(state: u64, tick: u64) -> i32 {
    pub(super) const SPREAD: u32 = 1;
    let then = (state >> Tokens::TICK << SPREAD) as u32;
    (((tick << SPREAD) as u32).wrapping_sub(then) as i32) >> SPREAD
}
