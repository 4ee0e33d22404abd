use super::*;
use crate::call::Call;
use crate::call::nesting::attempt;
use crate::call::plain::PlainCall;
use crate::error::code::Code;
use crate::error::text::Text;
use crate::policy::Policy;

static SITE: Site = Site::new("site", file!(), line!(), &["_"], Policy::DEFAULT);

fn failure<'a>(text: &'a &'static str) -> Failure<'a> {
    Failure::new(Text::Display(text), "", Code::default())
}

fn left() -> usize {
    LEFT.with_borrow(Vec::len)
}

#[test]
fn of_one_attempt_are_merged() {
    let mut call = PlainCall::new();
    attempt(&mut call, &SITE, || {
        for text in ["one", "two", "three", "one", "two", "three"] {
            gave_up(&SITE, Some(3), seen(&failure(&text)));
        }
        assert_eq!(left(), 1);
    });
    assert_eq!(left(), 0);
    let inside = call.take_inside();
    assert!(inside.gave_up_with(&failure(&"one")) && inside.gave_up_with(&failure(&"three")));
    assert!(!inside.gave_up_with(&failure(&"four")));
}

#[test]
fn of_one_attempt_hide_nothing_of_another() {
    let (mut outer, mut inner) = (PlainCall::new(), PlainCall::new());
    attempt(&mut outer, &SITE, || {
        gave_up(&SITE, Some(3), seen(&failure(&"outer")));
        attempt(&mut inner, &SITE, || gave_up(&SITE, Some(3), seen(&failure(&"inner"))));
        assert_eq!(left(), 1);
    });
    let is_of = |call: &mut PlainCall| {
        let inside = call.take_inside();
        ["outer", "inner"].map(|text| inside.gave_up_with(&failure(&text)))
    };
    assert_eq!([is_of(&mut outer), is_of(&mut inner)], [[true, false], [false, true]]);
}

#[test]
fn outside_of_attempts_are_not_left() {
    assert!(seen(&failure(&"busy")).is_none());
    gave_up(&SITE, Some(3), None);
    assert_eq!(left(), 0);
}

#[test]
fn are_read_once() {
    let mut call = PlainCall::new();
    attempt(&mut call, &SITE, || gave_up(&SITE, Some(3), seen(&failure(&"busy"))));
    assert!(call.take_inside().gave_up_with(&failure(&"busy")));
    assert!(!call.take_inside().gave_up_with(&failure(&"busy")));
}

#[test]
fn of_what_runs_apart_are_discarded() {
    let mut call = PlainCall::new();
    attempt(&mut call, &SITE, || {
        gave_up(&SITE, Some(3), seen(&failure(&"inside")));
        apart(|| gave_up(&SITE, Some(3), seen(&failure(&"apart"))));
        assert_eq!(left(), 1);
    });
    let inside = call.take_inside();
    assert!(inside.gave_up_with(&failure(&"inside")));
    assert!(!inside.gave_up_with(&failure(&"apart")));
}

/// A runtime inside an attempt polls any number of them.
#[test]
fn of_tasks_are_bounded() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let mut call = PlainCall::new();
    attempt(&mut call, &SITE, || {
        runtime.expect("a runtime").block_on(async {
            gave_up(&SITE, Some(3), seen(&failure(&"own")));
            for _ in 0..1_000 {
                let task = async { gave_up(&SITE, Some(3), seen(&failure(&"task"))) };
                assert!(tokio::spawn(task).await.is_ok());
            }
        });
        assert_eq!(left(), TASKS + 1);
    });
    assert_eq!(left(), 0);
    let inside = call.take_inside();
    assert!(inside.gave_up_with(&failure(&"own")));
    assert!(!inside.gave_up_with(&failure(&"task")));
}
