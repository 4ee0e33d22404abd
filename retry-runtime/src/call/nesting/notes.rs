//! What a retried call leaves for the attempt around it, on their thread.

use core::cell::Cell;

use crate::call::nesting::count::{NOTED, RUNNING};
use crate::call::nesting::requests::{self, Requests};
use crate::call::nesting::task::{self, Task};
use crate::sites::site::Site;

/// Notes that are kept until the attempt around them is counted out.
pub(super) const NOTES: usize = 4;

thread_local! {
    static LEFT: Cell<[Option<Note>; NOTES]> = const { Cell::new([const { None }; NOTES]) };
    /// The attempt that just ended failed after a call inside it had given up.
    pub(super) static GIVEN_UP_INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// What a retried call did inside another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    /// It made a retry.
    Retried,
    /// It gave up.
    GaveUp,
    /// It returned the error of a call inside it that had given up.
    PassedOn,
}

#[derive(Clone, Copy)]
pub(super) struct Note {
    pub(super) inner: &'static Site,
    /// How many attempts it makes at most.
    pub(super) max: u32,
    /// How many attempts were running around it.
    depth: i32,
    pub(super) multiplies: bool,
    pub(super) has_given_up: bool,
    task: Task,
}

impl Note {
    /// Whether one note can tell what both do.
    fn is_for_the_attempt_of(&self, other: &Self, same_site: bool) -> bool {
        self.task == other.task
            && self.depth == other.depth
            && (!same_site || core::ptr::eq(self.inner, other.inner))
    }

    /// Whether it was left by the task that is running now; a task that another one only polls
    /// (a runtime inside an attempt) is not nested in it.
    pub(super) fn is_of_this_task(&self) -> bool {
        self.task == task::current()
    }
}

/// A call of `inner` did something that the attempt around it, if there is one, should know.
#[cold]
pub(crate) fn note(inner: &'static Site, max: u32, did: Inside) {
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
    let is_told_by = |other: &Option<Note>, same_site| {
        other.is_some_and(|other| other.is_for_the_attempt_of(&note, same_site))
    };
    let place = notes
        .iter()
        .position(|other| is_told_by(other, true))
        .or_else(|| notes.iter().position(Option::is_none))
        // Where too many are left, one of the same attempt tells both.
        .or_else(|| notes.iter().position(|other| is_told_by(other, false)))
        // Else one that says the least gives way.
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

/// Runs what is no part of the attempt around it, such as an observer; put back also where it panics.
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

/// Whether a call inside the attempt that just failed had given up; asked once, right after it.
pub(crate) fn was_given_up_inside() -> bool {
    GIVEN_UP_INSIDE.take()
}

/// Takes the notes that were left in the attempt that was just counted out; those for the attempts
/// around it stay.
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
