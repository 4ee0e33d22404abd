//! The list that is being told stays as it is.

use super::*;

#[test]
fn others_can_be_added_and_removed_plain() {
    #[retry_on(Busy, max = 3, delay = "0ms", budget = none, name = "changing")]
    fn fetch() -> Result<(), Busy> {
        Err(Busy { call: 1 })
    }

    let seen = Seen::default();
    let handle: Arc<Mutex<Option<ObserverHandle>>> = Arc::default();
    let changes = observe::add(watch("changing", {
        let (seen, handle) = (Arc::clone(&seen), Arc::clone(&handle));
        move |event| {
            let mut handle = handle.lock().unwrap();
            match handle.take() {
                None => *handle = Some(observe::add(says("changing", "added", &seen))),
                Some(added) => added.remove(),
            }
            seen.lock().unwrap().push(format!("changed in attempt {}", event.attempt()));
        }
    }));
    fetch().unwrap_err();
    changes.remove();
    assert_eq!(
        taken(&seen),
        [
            "changed in attempt 1",
            "changed in attempt 2",
            // It was there when the event began.
            "added: retry",
            "changed in attempt 3",
        ]
    );
    fetch().unwrap_err();
    assert_eq!(taken(&seen), ["added: retry", "added: retry", "added: gave up"]);
    handle.lock().unwrap().take().unwrap().remove();
}

#[test]
fn it_can_remove_itself_plain() {
    #[retry_on(Busy, max = 3, delay = "0ms", budget = none, name = "leaving")]
    fn fetch() -> Result<(), Busy> {
        Err(Busy { call: 1 })
    }

    /// Says when it goes.
    struct Leaves {
        itself: Arc<Mutex<Option<ObserverHandle>>>,
        seen: Seen,
    }

    impl Observer for Leaves {
        fn observe(&self, event: &Event<'_>) {
            if event.site() == "leaving" {
                self.seen.lock().unwrap().push("told".into());
                self.itself.lock().unwrap().take().unwrap().remove();
            }
        }
    }

    impl Drop for Leaves {
        fn drop(&mut self) {
            self.seen.lock().unwrap().push("gone".into());
            // What goes may do anything.
            observe::add(watch("nothing", |_| {})).remove();
        }
    }

    let (seen, itself) = (Seen::default(), Arc::<Mutex<_>>::default());
    let leaves = Leaves { itself: Arc::clone(&itself), seen: Arc::clone(&seen) };
    *itself.lock().unwrap() = Some(observe::add(leaves));
    fetch().unwrap_err();
    assert_eq!(taken(&seen), ["told", "gone"]);
}

/// An observer in an `Arc` gets the same events as one without.
#[test]
fn it_can_be_shared_plain() {
    struct Counts(AtomicU32);

    impl Observer for Counts {
        fn observe(&self, event: &Event<'_>) {
            if event.site() == "shared" {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    #[retry_on(Busy, max = 3, delay = "0ms", name = "shared")]
    fn fetch() -> Result<(), Busy> {
        Err(Busy { call: 1 })
    }

    let counts = Arc::new(Counts(AtomicU32::new(0)));
    let observer = observe::add(Arc::clone(&counts));
    fetch().unwrap_err();
    observer.remove();
    assert_eq!(counts.0.load(Ordering::Relaxed), 3);
    // Another test may be telling all observers at this very moment.
    let is_gone = (0..1_000_000).any(|_| {
        thread::yield_now();
        Arc::strong_count(&counts) == 1
    });
    assert!(is_gone);
}
