use super::*;

/// As it is written, as it is set in code, and what it does. Random pauses are the shortest.
fn all() -> Vec<(&'static str, PolicyBuilder, Went)> {
    let new = Policy::builder;
    vec![
        ("enabled = false", new().enabled(false), went(1, [], "disabled")),
        ("enabled = true", new().enabled(true), as_declared()),
        ("max = 5", new().max(5), went(5, [100, 200, 400, 800], "max_attempts")),
        ("max = 1", new().max(1), went(1, [], "max_attempts")),
        ("delay = \"10ms\"", new().delay(10 * MS), went(3, [10, 20], "max_attempts")),
        ("delay = \"1s 500ms\"", new().delay(1500 * MS), went(3, [1500, 3000], "max_attempts")),
        ("factor = 3", new().factor(3.0), went(3, [100, 300], "max_attempts")),
        ("factor = 1.5", new().factor(1.5), went(3, [100, 150], "max_attempts")),
        ("max_delay = \"150ms\"", new().max_delay(150 * MS), went(3, [100, 150], "max_attempts")),
        ("max_hint = \"1ms\"", new().max_hint(MS), as_declared()),
        ("jitter = \"full\"", new().jitter(Jitter::Full), went(3, [0, 0], "max_attempts")),
        ("jitter = \"equal\"", new().jitter(Jitter::Equal), went(3, [50, 100], "max_attempts")),
        (
            "jitter = \"decorrelated\"",
            new().jitter(Jitter::Decorrelated),
            went(3, [100, 100], "max_attempts"),
        ),
        ("jitter = \"none\"", new().jitter(Jitter::None), as_declared()),
        ("deadline = \"150ms\"", new().deadline(150 * MS), went(2, [100], "deadline")),
        // One token is left of the first call, as of the second.
        ("budget = 11\nmax = 4", new().budget_tokens(11).max(4), went(3, [100, 200], "budget")),
        (
            "max = \"none\"\ndeadline = \"350ms\"",
            new().without_max().deadline(350 * MS),
            went(3, [100, 200], "deadline"),
        ),
        // The function names no limit of attempts itself.
        ("deadline = \"750ms\"", new().deadline(750 * MS), went(4, [100, 200, 400], "deadline")),
        (
            "backoff = \"linear\"\nmax = 4",
            new().backoff(Backoff::LINEAR).max(4),
            went(4, [100, 200, 300], "max_attempts"),
        ),
        ("throttling_delay = \"5s\"", new().throttling_delay(5_000 * MS), as_declared()),
        ("nested = \"allow\"", new().nested(NestedRetries::Allow), as_declared()),
        ("give_up_level = \"off\"", new().give_up_level(LogLevel::Off), as_declared()),
        ("budget = \"none\"", new().without_budget(), as_declared()),
        (
            "max = 4\ndelay = \"1ms\"\nfactor = 10",
            new().max(4).delay(MS).factor(10.0),
            went(4, [1, 10, 100], "max_attempts"),
        ),
    ]
}

#[test]
fn takes_effect_by_name_and_by_pattern() {
    let _board = Board::empty();
    for name in ["shop::fetch", "shop::*", "*", "*fetch", "shop::fet??", "s*:*h"] {
        for (settings, _, expected) in all() {
            // A bucket is kept while its size is the same.
            overrides::reset();
            file(name, settings);
            assert_eq!(Went::now(), expected, "{name}: {settings}");
        }
    }
}

#[test]
fn takes_effect_in_code() {
    let _board = Board::empty();
    for (written, settings, expected) in all() {
        overrides::reset();
        overrides::set("shop::*", settings).unwrap();
        assert_eq!(Went::now(), expected, "{written}");
    }
}

#[test]
fn says_how_long_a_server_can_make_a_call_wait() {
    #[retry_on(Busy, max = 2, jitter = none, hint = |_| Some(90 * MS), name = "asked::by_server")]
    fn ask(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let _board = Board::empty();
    let went = || {
        let (scope, service) = (Scope::new(), Service::down());
        scope.run_blocking(|| ask(&service)).unwrap_err();
        Went::of(&scope, &service)
    };
    file("asked::by_server", "max_hint = \"89ms\"");
    assert_eq!(went(), self::went(1, [], "hint"));
    overrides::set("asked::by_server", Policy::builder().max_hint(90 * MS)).unwrap();
    assert_eq!(went(), self::went(2, [100], "max_attempts"));
    overrides::unset("asked::by_server");
    assert_eq!(went(), self::went(1, [], "hint"));
}

#[test]
fn is_gone_when_it_is_taken_back() {
    let _board = Board::empty();
    for (written, settings, _) in all() {
        overrides::set("shop::fetch", settings).unwrap();
        let _ = Went::now();
        overrides::unset("shop::fetch");
        assert_eq!(Went::now(), as_declared(), "{written}");
        file("shop::fetch", written);
        let _ = Went::now();
        overrides::load_toml("", "an empty file").unwrap();
        assert_eq!(Went::now(), as_declared(), "{written}");
    }
}

#[test]
fn leaves_functions_of_other_names_alone() {
    let _board = Board::empty();
    for name in ["shop::fetc", "shop::fetch?", "shop", "fetch", "Shop::*", "shop::fetch::*"] {
        file(name, "max = 1");
        assert_eq!(Went::now(), as_declared(), "{name}");
    }
}

#[test]
fn shows_in_the_list_of_sites_which_tells_the_log_nothing() {
    let _board = Board::empty();
    let _ = Went::now();
    file("shop::fetch", "max = 5");
    let recorder = Recorder::start();
    assert!(policy_of("shop::fetch").starts_with("at most 5 calls: 1 + 4 retries; pauses of"));
    overrides::set_enabled(Some(false));
    assert_eq!(policy_of("shop::fetch"), "switched off: no retries");
    assert!(recorder.events().is_empty(), "{:?}", recorder.events());
    let _ = Went::now();
    assert!(!recorder.events().is_empty());
}
