use super::*;

/// Each pair of settings belongs together: no call may see the one and not the other.
#[test]
fn never_see_half_a_change() {
    #[retry_on(Busy, jitter = none, budget = none, name = "torn")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    const ONE: &str = "[\"torn\"]\nmax = 2\ndelay = \"2ms\"\nfactor = 1\n";
    const OTHER: &str = "[\"torn\"]\nmax = 4\ndelay = \"4ms\"\nfactor = 1\n";
    let _board = Board::empty();
    overrides::load_toml(ONE, "retries.toml").unwrap();
    let is_over = AtomicBool::new(false);
    let seen = AtomicU32::new(0);
    thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let scope = Scope::new();
                    scope.run_blocking(|| fetch(&Service::down())).unwrap_err();
                    for event in scope.events() {
                        // Each decision is by one of the two.
                        if let Some(pause) = event.pause() {
                            let max = event.max().unwrap_or_default();
                            assert_eq!(pause, MS * max, "{event:?}");
                            seen.fetch_or(1 << max, Ordering::Relaxed);
                        }
                    }
                    let _ = sites();
                }
            });
        }
        for turn in 0..2_000 {
            let text = if turn % 2 == 0 { OTHER } else { ONE };
            overrides::load_toml(text, "retries.toml").unwrap();
            if turn % 100 == 0 {
                overrides::set("somewhere else", Policy::builder().max(turn + 1)).unwrap();
                thread::yield_now();
            }
        }
        while seen.load(Ordering::Relaxed) != 0b1_0100 {
            overrides::load_toml(OTHER, "retries.toml").unwrap();
            thread::yield_now();
            overrides::load_toml(ONE, "retries.toml").unwrap();
            thread::yield_now();
        }
        is_over.store(true, Ordering::Relaxed);
    });
}
