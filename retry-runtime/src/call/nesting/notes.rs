//! The notes that a retried call leaves, on its thread, for the attempt around it.

use core::cell::Cell;

use crate::call::nesting::count::{NOTED, RUNNING};
use crate::call::nesting::requests::{self, Requests};
use crate::call::nesting::task::{self, Task};
use crate::sites::site::Site;

/// How many notes are kept until the attempt around them ends.
pub(super) const NOTES: usize = 4;

thread_local! {
    static LEFT: Cell<[Option<Note>; NOTES]> = const { Cell::new([const { None }; NOTES]) };
    /// Whether the attempt that just ended failed after a call inside it gave up.
    pub(super) static GIVEN_UP_INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// What a retried call did inside another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    /// It made a retry.
    Retried,
    /// It gave up.
    GaveUp,
    /// It returned the error of a call inside it that gave up.
    PassedOn,
}

#[derive(Clone, Copy)]
pub(super) struct Note {
    pub(super) inner: &'static Site,
    /// The maximum number of its attempts, if they are limited.
    pub(super) max: Option<u32>,
    /// How many attempts were running around it.
    depth: i32,
    pub(super) multiplies: bool,
    pub(super) has_given_up: bool,
    task: Task,
}

impl Note {
    /// Whether one note can replace both.
    fn is_for_the_attempt_of(&self, other: &Self, same_site: bool) -> bool {
        self.task == other.task
            && self.depth == other.depth
            && (!same_site || core::ptr::eq(self.inner, other.inner))
    }

    /// Whether it was left by the task that is running now. A task that is only polled inside an
    /// attempt (a runtime inside it) is not nested in that attempt.
    pub(super) fn is_of_this_task(&self) -> bool {
        self.task == task::current()
    }
}

/// Leaves a note about a call of `inner` for the attempt around it, if there is one.
#[cold]
pub(crate) fn note(inner: &'static Site, max: Option<u32>, did: Inside) {
    let depth = RUNNING.get() & !NOTED;
    if depth == 0 {
        return;
    }
    let note = Note {
        inner,
        max,
        depth,
        multiplies: did != Inside::PassedOn,
        has_given_up: did != Inside::Retried,
        task: task::current(),
    };
    let mut notes = LEFT.get();
    let is_covered_by = |other: &Option<Note>, same_site| {
        other.is_some_and(|other| other.is_for_the_attempt_of(&note, same_site))
    };
    let place = notes
        .iter()
        .position(|other| is_covered_by(other, true))
        .or_else(|| notes.iter().position(Option::is_none))
        // If there is no free place, merge with another note of the same attempt.
        .or_else(|| notes.iter().position(|other| is_covered_by(other, false)))
        // Otherwise, replace one that does not report a call that gave up.
        .or_else(|| notes.iter().position(|other| other.is_some_and(|other| !other.has_given_up)));
    let Some(place) = place else { return };
    let before = notes[place].filter(|other| other.is_for_the_attempt_of(&note, false));
    notes[place] = Some(Note {
        multiplies: note.multiplies || before.is_some_and(|before| before.multiplies),
        has_given_up: note.has_given_up || before.is_some_and(|before| before.has_given_up),
        ..note
    });
    LEFT.set(notes);
    RUNNING.set(depth | NOTED);
}

/// Runs code that is not part of the attempt around it, such as an observer. The notes are put back
/// afterwards, even after a panic.
pub(crate) fn apart<R>(body: impl FnOnce() -> R) -> R {
    struct Aside {
        running: i32,
        left: [Option<Note>; NOTES],
        given_up_inside: bool,
        requests: requests::Aside,
    }
    impl Drop for Aside {
        fn drop(&mut self) {
            RUNNING.set(self.running);
            LEFT.set(self.left);
            GIVEN_UP_INSIDE.set(self.given_up_inside);
            self.requests.put_back();
        }
    }
    let _aside = Aside {
        running: RUNNING.replace(0),
        left: LEFT.take(),
        given_up_inside: GIVEN_UP_INSIDE.take(),
        requests: requests::Aside::new(),
    };
    body()
}

/// Whether a call inside the attempt that just failed gave up. Asked once, right after the attempt.
pub(crate) fn was_given_up_inside() -> bool {
    GIVEN_UP_INSIDE.take()
}

/// Takes the notes that were left in the attempt that just ended. Notes for the attempts around it
/// stay.
pub(super) fn take_notes() -> ([Option<Note>; NOTES], Requests) {
    let around = RUNNING.get() & !NOTED;
    let requests = requests::take(around);
    let is_for_another = |note: &Note| note.depth <= around;
    let left = LEFT.get();
    let others = left.map(|note| note.filter(is_for_another));
    let is_any_left = others.iter().any(Option::is_some) || requests::is_any_left();
    LEFT.set(others);
    RUNNING.set(if is_any_left { around | NOTED } else { around });
    GIVEN_UP_INSIDE.set(false);
    requests::remember(0);
    (left.map(|note| note.filter(|note| !is_for_another(note))), requests)
}
