//! Notices retries inside retries, whose attempts multiply: 3 × 3 = 9 calls.
//!
//! Each thread counts how many attempts of annotated functions are running on it, one inside the
//! other; an async one counts while it is polled. A function that retries or gives up while another
//! attempt runs around it leaves a note and turns the count negative, which the attempt around it
//! sees when it counts itself out. So an attempt costs two additions and a compare.

use core::cell::Cell;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Mutex;

use pin_project_lite::pin_project;

use crate::observe;
use crate::site::{Located, Site};

/// What happens where a retried call runs inside another.
///
/// ```
/// use retry_runtime::{Nested, Policy};
///
/// let policy = Policy::builder().nested(Nested::Inner).build()?;
/// assert_eq!(policy.nested(), Nested::Inner);
/// # Ok::<(), retry_runtime::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Nested {
    /// Both retry. The first time, a WARN names both and says how many calls they can add up to.
    #[default]
    Warn,
    /// Both retry, and nothing is said.
    Allow,
    /// The inner one retries: once it has given up, the outer one returns its error at once.
    Inner,
}

/// The sign of the count: somebody left a note.
const NOTED: i32 = i32::MIN;

/// Notes that are kept until the attempt around them is counted out.
const NOTES: usize = 4;

thread_local! {
    /// Attempts that are running on this thread, one inside the other.
    static RUNNING: Cell<i32> = const { Cell::new(0) };
    static LEFT: Cell<[Option<Note>; NOTES]> = const { Cell::new([None; NOTES]) };
    /// The attempt that just ended failed after a call inside it had given up.
    static GIVEN_UP_INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// A retried call inside another attempt made a retry, or gave up.
#[derive(Clone, Copy)]
struct Note {
    inner: &'static Site,
    has_given_up: bool,
    #[cfg(feature = "tokio")]
    task: Option<tokio::task::Id>,
}

impl Note {
    /// Whether it was left by the task that is running now; a task that another one only polls
    /// (a runtime inside an attempt) is not nested in it.
    #[cfg(feature = "tokio")]
    fn is_of_this_task(&self) -> bool {
        self.task == tokio::task::try_id()
    }

    #[cfg(not(feature = "tokio"))]
    #[expect(clippy::unused_self, reason = "without tokio there are no tasks to tell apart")]
    const fn is_of_this_task(&self) -> bool {
        true
    }
}

/// The attempt of `inner` failed, and was retried or given up.
#[cold]
pub(crate) fn note(inner: &'static Site, has_given_up: bool) {
    let running = RUNNING.get();
    if running & !NOTED == 0 {
        return;
    }
    RUNNING.set(running | NOTED);
    let note = Note {
        inner,
        has_given_up,
        #[cfg(feature = "tokio")]
        task: tokio::task::try_id(),
    };
    let mut notes = LEFT.get();
    let same =
        |other: &Note| core::ptr::eq(other.inner, inner) && other.has_given_up == has_given_up;
    if notes.iter().flatten().any(same) {
        return;
    }
    // Where too many are left, the last place is for the last one.
    let free = notes.iter().position(Option::is_none).unwrap_or(NOTES - 1);
    notes[free] = Some(note);
    LEFT.set(notes);
}

/// Whether a call inside the attempt that just failed had given up; asked once, right after it.
pub(crate) fn was_given_up_inside() -> bool {
    GIVEN_UP_INSIDE.take()
}

/// Tells the one who asks right after this attempt. Where it succeeded, nobody asks; so the count
/// stays negative, for the next attempt to forget it.
#[cold]
#[inline(never)]
fn remember(given_up_inside: bool) {
    GIVEN_UP_INSIDE.set(given_up_inside);
    if given_up_inside {
        RUNNING.set(RUNNING.get() | NOTED);
    }
}

/// An attempt that is running on this thread, or being polled.
struct Running;

impl Running {
    #[inline]
    fn enter() -> Self {
        RUNNING.set(RUNNING.get() + 1);
        Self
    }

    /// Whether somebody left a note.
    #[inline]
    fn leave(self) -> bool {
        core::mem::forget(self);
        count_out()
    }
}

impl Drop for Running {
    /// Only where the attempt panics.
    fn drop(&mut self) {
        if count_out() {
            RUNNING.set(RUNNING.get() & !NOTED);
            LEFT.set([None; NOTES]);
        }
    }
}

#[inline]
fn count_out() -> bool {
    let running = RUNNING.get().wrapping_sub(1);
    RUNNING.set(running);
    running < 0
}

/// Takes the notes: whether one says that a call has given up.
#[cold]
#[inline(never)]
fn read_notes(outer: &'static Site) -> bool {
    RUNNING.set(RUNNING.get() & !NOTED);
    GIVEN_UP_INSIDE.set(false);
    let mut has_given_up = false;
    for note in LEFT.take().into_iter().flatten().filter(Note::is_of_this_task) {
        has_given_up |= note.has_given_up;
        found(outer, note.inner);
    }
    has_given_up
}

/// One WARN for each pair of sites, and a DEBUG after that.
fn found(outer: &'static Site, inner: &'static Site) {
    static PAIRS: Mutex<Vec<(&Site, &Site)>> = Mutex::new(Vec::new());
    let count = outer.nested_calls();
    if outer.policy.nested() == Nested::Allow {
        return;
    }
    let mut pairs = PAIRS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let is_known = pairs.iter().any(|(a, b)| core::ptr::eq(*a, outer) && core::ptr::eq(*b, inner));
    if !is_known {
        pairs.push((outer, inner));
    }
    // A subscriber may call annotated functions too.
    drop(pairs);
    observe::nested(outer, inner, count, !is_known);
}

/// Runs one attempt of a plain function.
#[inline]
pub fn attempt<R>(site: impl Located, body: impl FnOnce() -> R) -> R {
    let running = Running::enter();
    let result = body();
    if running.leave() {
        remember(read_notes(site.site()));
    }
    result
}

pin_project! {
    /// One attempt of an async function.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Attempting<L, F> {
        site: L,
        given_up_inside: bool,
        #[pin]
        body: F,
    }
}

/// One attempt of an async function.
#[inline]
pub const fn attempting<L, F>(site: L, body: F) -> Attempting<L, F> {
    Attempting { site, given_up_inside: false, body }
}

impl<L: Located, F: Future> Future for Attempting<L, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let running = Running::enter();
        let result = this.body.poll(context);
        if running.leave() {
            *this.given_up_inside |= read_notes(this.site.site());
        }
        if *this.given_up_inside {
            remember(result.is_ready());
        }
        result
    }
}
