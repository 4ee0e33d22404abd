//! Settings from outside: what they change, what they must not, and what is wrong with them.

use std::cell::Cell;
use std::error::Error;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use retry_runtime::switchboard::{self, Settings, SwitchboardError};
use retry_runtime::testing::{Event, ManualClock, Scope};
use retry_runtime::{
    Budget, BudgetReport, GaveUp, Jitter, Policy, PolicyError, Reason, Retry, Retrying, TimedOut,
    retry_on, sites,
};
use retry_tests::{Busy, MS, Recorder, Service};
use retry_tests_operations::Board;
use tracing::Level;

/// Runs a future to its end, on a runtime whose time stands still.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(future)
}

/// Sets this for the name, as a file would.
fn file(name: &str, settings: &str) {
    switchboard::load_toml(&format!("[{name:?}]\n{settings}\n"), "retries.toml").unwrap();
}

fn budget_of(name: &str) -> BudgetReport {
    sites().iter().find(|site| site.name() == name).expect("listed").budget()
}

fn policy_of(name: &str) -> String {
    sites().iter().find(|site| site.name() == name).expect("listed").policy().to_owned()
}

/// Three attempts, with pauses of 100 and 200 ms.
mod shop {
    use super::{Busy, Service, retry_on};

    #[retry_on(Busy, jitter = none, budget = none, name = "shop::fetch")]
    pub(super) async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, jitter = none, budget = none, name = "shop::fetch")]
    pub(super) fn fetch_plain(service: &Service) -> Result<u32, Busy> {
        service.call()
    }
}

/// How a call went that fails as often as it may: its calls, its pauses in milliseconds, its reason.
#[derive(Debug, PartialEq)]
struct Went {
    calls: u32,
    pauses: Vec<u128>,
    reason: Option<&'static str>,
}

impl Went {
    fn of(scope: &Scope, service: &Service) -> Self {
        let events = scope.events();
        Self {
            calls: service.calls(),
            pauses: events.iter().filter_map(|event| Some(event.pause()?.as_millis())).collect(),
            reason: events.last().and_then(Event::reason),
        }
    }

    /// Of the async and of the plain function, which must agree.
    fn now() -> Self {
        let (scope, service) = (Scope::new().shortest_pauses(), Service::down());
        wait(scope.run(shop::fetch(&service))).unwrap_err();
        let went = Self::of(&scope, &service);
        let (scope, service) = (Scope::new().shortest_pauses(), Service::down());
        scope.run_blocking(|| shop::fetch_plain(&service)).unwrap_err();
        assert_eq!(Self::of(&scope, &service), went, "async and plain functions disagree");
        went
    }
}

fn went<const N: usize>(calls: u32, pauses: [u128; N], reason: &'static str) -> Went {
    Went { calls, pauses: pauses.to_vec(), reason: Some(reason) }
}

fn as_declared() -> Went {
    went(3, [100, 200], "max_attempts")
}

mod every_setting {
    use super::*;

    /// As it is written, as it is set in code, and what it does. Random pauses are the shortest.
    fn all() -> Vec<(&'static str, Settings, Went)> {
        let new = Settings::new();
        vec![
            ("enabled = false", new.enabled(false), went(1, [], "disabled")),
            ("enabled = true", new.enabled(true), as_declared()),
            ("max = 5", new.max(5), went(5, [100, 200, 400, 800], "max_attempts")),
            ("max = 1", new.max(1), went(1, [], "max_attempts")),
            ("delay = \"10ms\"", new.delay(10 * MS), went(3, [10, 20], "max_attempts")),
            ("delay = \"1s 500ms\"", new.delay(1500 * MS), went(3, [1500, 3000], "max_attempts")),
            ("factor = 3", new.factor(3.0), went(3, [100, 300], "max_attempts")),
            ("factor = 1.5", new.factor(1.5), went(3, [100, 150], "max_attempts")),
            ("max_delay = \"150ms\"", new.max_delay(150 * MS), went(3, [100, 150], "max_attempts")),
            ("jitter = \"full\"", new.jitter(Jitter::Full), went(3, [0, 0], "max_attempts")),
            ("jitter = \"equal\"", new.jitter(Jitter::Equal), went(3, [50, 100], "max_attempts")),
            (
                "jitter = \"decorrelated\"",
                new.jitter(Jitter::Decorrelated),
                went(3, [100, 100], "max_attempts"),
            ),
            ("jitter = \"none\"", new.jitter(Jitter::None), as_declared()),
            ("deadline = \"150ms\"", new.deadline(150 * MS), went(2, [100], "deadline")),
            // One token is left of the first call, as of the second.
            ("budget = 11\nmax = 4", new.budget(11).max(4), went(3, [100, 200], "budget")),
            ("budget = \"none\"", new.without_budget(), as_declared()),
            (
                "max = 4\ndelay = \"1ms\"\nfactor = 10",
                new.max(4).delay(MS).factor(10.0),
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
                switchboard::reset();
                file(name, settings);
                assert_eq!(Went::now(), expected, "{name}: {settings}");
            }
        }
    }

    #[test]
    fn takes_effect_in_code() {
        let _board = Board::empty();
        for (written, settings, expected) in all() {
            switchboard::reset();
            switchboard::set("shop::*", settings).unwrap();
            assert_eq!(Went::now(), expected, "{written}");
        }
    }

    #[test]
    fn is_gone_when_it_is_taken_back() {
        let _board = Board::empty();
        for (written, settings, _) in all() {
            switchboard::set("shop::fetch", settings).unwrap();
            let _ = Went::now();
            switchboard::unset("shop::fetch");
            assert_eq!(Went::now(), as_declared(), "{written}");
            file("shop::fetch", written);
            let _ = Went::now();
            switchboard::load_toml("", "an empty file").unwrap();
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
        switchboard::turn_off();
        assert_eq!(policy_of("shop::fetch"), "switched off: no retries");
        assert!(recorder.events().is_empty(), "{:?}", recorder.events());
        let _ = Went::now();
        assert!(!recorder.events().is_empty());
    }
}

mod of_several {
    use super::*;

    /// The most that calls make, with these tables in the file and these settings in code.
    fn max(file: &str, code: &[(&str, u32)]) -> u32 {
        switchboard::reset();
        switchboard::load_toml(file, "retries.toml").unwrap();
        for (name, max) in code {
            switchboard::set(name, Settings::new().max(*max)).unwrap();
        }
        Went::now().calls
    }

    #[test]
    fn the_most_specific_name_wins() {
        let _board = Board::empty();
        let all = "[\"*\"]\nmax = 2\n";
        let short = "[\"shop::*\"]\nmax = 4\n";
        let long = "[\"shop::fet*\"]\nmax = 5\n";
        let exact = "[\"shop::fetch\"]\nmax = 6\n";
        assert_eq!(max(all, &[]), 2);
        assert_eq!(max(&format!("{all}{short}"), &[]), 4);
        assert_eq!(max(&format!("{long}{all}{short}"), &[]), 5);
        assert_eq!(max(&format!("{exact}{long}{all}{short}"), &[]), 6);
        assert_eq!(max(&format!("{short}{all}{long}{exact}"), &[]), 6);
        // Of these, the letters count, not the length.
        assert_eq!(max("[\"shop::????h\"]\nmax = 4\n[\"shop::fe*\"]\nmax = 5\n", &[]), 5);
    }

    #[test]
    fn of_the_same_name_code_wins_over_the_file() {
        let _board = Board::empty();
        let exact = "[\"shop::fetch\"]\nmax = 6\n";
        assert_eq!(max(exact, &[("shop::fetch", 7)]), 7);
        assert_eq!(max(exact, &[("shop::*", 7)]), 6, "a name is more specific");
        assert_eq!(max("[\"shop::*\"]\nmax = 6\n", &[("shop::*", 7)]), 7);
        // The pattern has a letter more than the name, or as many.
        let name = "[\"shop::fetch\"]\nmax = 6\n";
        assert_eq!(max(name, &[("shop::fetch*", 7)]), 6, "a name is more specific");
        assert_eq!(max(&format!("{name}[\"*shop::fetch*\"]\nmax = 9\n"), &[]), 6);
        // As many letters.
        assert_eq!(max("[\"*::fetch\"]\nmax = 6\n", &[("shop::fe*", 7)]), 7);
        assert_eq!(max("", &[("shop::fetch", 7), ("shop::fetch", 8)]), 8, "the later one");
    }

    #[test]
    fn each_setting_is_taken_from_where_it_is_set() {
        let _board = Board::empty();
        file("shop::*", "max = 4\ndelay = \"10ms\"");
        switchboard::set("shop::fetch", Settings::new().factor(1.0)).unwrap();
        assert_eq!(Went::now(), went(4, [10, 10, 10], "max_attempts"));
    }
}

mod the_switch_for_all {
    #[test]
    fn is_left_to_the_file_again_plain() {
        use super::{Board, Scope, Service, shop, switchboard};

        let calls = || {
            let (scope, service) = (Scope::new(), Service::down());
            scope.run_blocking(|| shop::fetch_plain(&service)).unwrap_err();
            service.calls()
        };
        let _board = Board::empty();
        switchboard::load_toml("enabled = false", "retries.toml").unwrap();
        assert_eq!(calls(), 1);
        switchboard::turn_on();
        assert_eq!(calls(), 3);
        switchboard::unset_switch();
        assert_eq!(calls(), 1);
    }

    use super::*;

    const OFF: &str = r#"ERROR site="shop::fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="disabled" elapsed=0.0"#;

    #[test]
    fn ends_every_call_after_its_first_attempt_with_an_error_in_the_log() {
        let _board = Board::empty();
        switchboard::turn_off();
        let recorder = Recorder::start();
        assert_eq!(Went::now(), went(1, [], "disabled"));
        let lines: Vec<_> =
            recorder.lines().into_iter().filter(|line| line.starts_with("ERROR")).collect();
        assert_eq!(lines, [OFF, OFF], "of the async and of the plain function");
        let gave_up = recorder.events().into_iter().find(|event| event.level == Level::ERROR);
        let message = gave_up.unwrap().message;
        assert!(message.contains("retries are switched off"), "{message}");
    }

    #[test]
    fn leaves_success_alone() {
        let _board = Board::empty();
        switchboard::turn_off();
        assert_eq!(shop::fetch_plain(&Service::failing(0)), Ok(1));
        assert_eq!(wait(shop::fetch(&Service::failing(0))), Ok(1));
    }

    #[test]
    fn ends_polling_too() {
        #[retry_on(ok = |calls: &u32| *calls < 9, max = 20)]
        async fn poll(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(ok = |calls: &u32| *calls < 9, max = 20)]
        fn poll_plain(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_board, _clock) = (Board::empty(), ManualClock::install());
        switchboard::turn_off();
        assert_eq!(wait(poll(&Service::failing(0))), Ok(1));
        assert_eq!(poll_plain(&Service::failing(0)), Ok(1));
        switchboard::turn_on();
        assert_eq!(wait(poll(&Service::failing(0))), Ok(9));
        assert_eq!(poll_plain(&Service::failing(0)), Ok(9));
    }

    #[test]
    fn stands_in_the_file_and_code_overrules_it() {
        let _board = Board::empty();
        switchboard::load_toml("enabled = false", "retries.toml").unwrap();
        assert_eq!(Went::now(), went(1, [], "disabled"));
        switchboard::turn_on();
        assert_eq!(Went::now(), as_declared());
        switchboard::turn_off();
        assert_eq!(Went::now(), went(1, [], "disabled"));
        switchboard::load_toml("enabled = true", "retries.toml").unwrap();
        assert_eq!(Went::now(), went(1, [], "disabled"), "code wins");
    }

    #[test]
    fn is_not_overruled_by_name() {
        let _board = Board::empty();
        switchboard::set("shop::fetch", Settings::new().enabled(true)).unwrap();
        switchboard::load_toml("enabled = false", "retries.toml").unwrap();
        assert_eq!(Went::now(), went(1, [], "disabled"));
    }

    #[test]
    fn switches_nothing_on_that_is_off_by_name() {
        let _board = Board::empty();
        switchboard::set("shop::*", Settings::new().enabled(false)).unwrap();
        switchboard::turn_on();
        assert_eq!(Went::now(), went(1, [], "disabled"));
    }

    /// In an incident nothing may stand in its way.
    #[test]
    fn works_also_where_other_settings_do_not_fit() {
        #[retry_on(Busy, name = "unfit before off")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_board, _clock) = (Board::empty(), ManualClock::install());
        switchboard::set("unfit before off", Settings::new().max_delay(MS)).unwrap();
        assert_eq!(
            fetch(&Service::down()),
            Err(Busy { call: 3 }),
            "it does not fit, and is ignored"
        );
        switchboard::turn_off();
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 1 }));
        assert_eq!(Went::now(), went(1, [], "disabled"));
        switchboard::turn_on();
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
    }

    #[test]
    fn counts_such_calls_for_themselves() {
        #[retry_on(Busy, name = "counted when off")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let _board = Board::empty();
        switchboard::turn_off();
        fetch(&Service::down()).unwrap_err();
        let sites = sites();
        let site = sites.iter().find(|site| site.name() == "counted when off").unwrap();
        assert_eq!((site.ended(Reason::Disabled), site.gave_up(), site.retries()), (1, 1, 0));
        assert_eq!(site.budget(), BudgetReport::Own { available: 500, capacity: 500 });
    }
}

mod a_budget {
    use super::*;

    const fn tokens(available: u32, capacity: u32) -> BudgetReport {
        BudgetReport::Own { available, capacity }
    }

    #[test]
    fn is_emptied_by_retries_and_filled_by_successes_plain() {
        #[retry_on(Busy, name = "bucket plain")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_board, _clock) = (Board::empty(), ManualClock::install());
        switchboard::set("bucket plain", Settings::new().budget(12)).unwrap();
        let shown = || budget_of("bucket plain");
        fetch(&Service::failing(0)).unwrap();
        assert_eq!(shown(), tokens(12, 12));
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
        assert_eq!(shown(), tokens(2, 12));
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 1 }), "nothing is left");
        for _ in 0..3 {
            fetch(&Service::failing(0)).unwrap();
        }
        assert_eq!(shown(), tokens(5, 12));
        fetch(&Service::failing(1)).unwrap();
        assert_eq!(shown(), tokens(5, 12), "what the retry took is back");
        for _ in 0..20 {
            fetch(&Service::failing(0)).unwrap();
        }
        assert_eq!(shown(), tokens(12, 12));
        switchboard::unset("bucket plain");
        assert_eq!(shown(), tokens(500, 500), "its own is as it was");
    }

    #[test]
    fn leaves_that_of_the_function_to_be_filled_plain() {
        #[retry_on(Busy, name = "bucket beside")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_board, _clock) = (Board::empty(), ManualClock::install());
        fetch(&Service::down()).unwrap_err();
        assert_eq!(budget_of("bucket beside"), tokens(490, 500));
        for other in [Settings::new().budget(1_000), Settings::new().without_budget()] {
            switchboard::set("bucket beside", other).unwrap();
            fetch(&Service::failing(1)).unwrap();
            for _ in 0..4 {
                fetch(&Service::failing(0)).unwrap();
            }
        }
        switchboard::unset("bucket beside");
        assert_eq!(budget_of("bucket beside"), tokens(500, 500));
    }

    #[test]
    fn is_emptied_by_retries_and_filled_by_successes() {
        #[retry_on(Busy, name = "bucket")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let _board = Board::empty();
        wait(async {
            fetch(&Service::down()).await.unwrap_err();
            // Set after the first call.
            switchboard::set("bucket", Settings::new().budget(10)).unwrap();
            let shown = || budget_of("bucket");
            assert_eq!(fetch(&Service::down()).await, Err(Busy { call: 3 }));
            assert_eq!(shown(), tokens(0, 10));
            fetch(&Service::failing(0)).await.unwrap();
            assert_eq!(shown(), tokens(1, 10));
            switchboard::unset("bucket");
            assert_eq!(shown(), tokens(491, 500), "one success more than before");
            fetch(&Service::failing(0)).await.unwrap();
            assert_eq!(shown(), tokens(492, 500));
        });
    }

    #[test]
    fn takes_the_place_of_a_shared_one() {
        static SHARED: Budget = match Budget::tokens(10, 10, 10) {
            Ok(budget) => budget,
            Err(_) => panic!("refused"),
        };

        #[retry_on(Busy, budget = &SHARED, name = "shared bucket")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_board, _clock) = (Board::empty(), ManualClock::install());
        switchboard::set("shared bucket", Settings::new().budget(100)).unwrap();
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
        assert_eq!(SHARED.available(), 10);
        switchboard::set("shared bucket", Settings::new().without_budget()).unwrap();
        for _ in 0..100 {
            assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
        }
        assert_eq!((SHARED.available(), budget_of("shared bucket")), (10, BudgetReport::None));
        switchboard::unset("shared bucket");
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 2 }));
        assert_eq!(SHARED.available(), 0);
    }

    /// Else a file that is read every minute would fill it every minute.
    #[test]
    fn is_not_filled_by_other_changes() {
        #[retry_on(Busy, name = "lasting bucket")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_board, _clock) = (Board::empty(), ManualClock::install());
        file("lasting*", "budget = 20");
        fetch(&Service::down()).unwrap_err();
        for change in [
            || file("lasting*", "budget = 20"),
            || file("lasting*", "budget = 20\nmax = 3"),
            || switchboard::set("something else", Settings::new().max(9)).unwrap(),
            switchboard::turn_off,
            switchboard::turn_on,
            || switchboard::unset("something else"),
        ] {
            change();
            assert_eq!(budget_of("lasting bucket"), tokens(10, 20));
        }
        file("lasting*", "budget = 30");
        assert_eq!(budget_of("lasting bucket"), tokens(30, 30), "another size, another bucket");
    }

    #[test]
    fn each_function_of_a_pattern_has_its_own() {
        #[retry_on(Busy, name = "own bucket a")]
        fn one(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, name = "own bucket b")]
        fn other(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_board, _clock) = (Board::empty(), ManualClock::install());
        file("own bucket *", "budget = 10");
        assert_eq!(one(&Service::down()), Err(Busy { call: 3 }));
        assert_eq!(other(&Service::down()), Err(Busy { call: 3 }));
        assert_eq!(one(&Service::down()), Err(Busy { call: 1 }));
    }

    #[test]
    fn pays_more_for_a_timeout() {
        #[retry_on(TimedOut, timeout = "1s", name = "timed bucket")]
        async fn fetch() -> Result<u32, TimedOut> {
            std::future::pending().await
        }

        let _board = Board::empty();
        file("timed bucket", "budget = 29");
        wait(fetch()).unwrap_err();
        assert_eq!(budget_of("timed bucket"), tokens(9, 29));
    }
}

/// What the function says itself, which a setting takes the place of.
mod a_function_that {
    use super::*;

    struct Client {
        policy: Policy,
    }

    impl Client {
        #[retry_on(Busy, policy = &self.policy, name = "client::fetch")]
        async fn fetch(&self, service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, policy = &self.policy, name = "client::fetch")]
        fn fetch_plain(&self, service: &Service) -> Result<u32, Busy> {
            service.call()
        }
    }

    #[test]
    fn takes_its_policy_from_a_field_obeys_too() {
        let _board = Board::empty();
        let policy = Policy::builder().max(2).delay(7 * MS).jitter(Jitter::None).build().unwrap();
        let client = Client { policy };
        file("client::*", "max = 4");
        let (scope, service) = (Scope::new(), Service::down());
        wait(scope.run(client.fetch(&service))).unwrap_err();
        assert_eq!(Went::of(&scope, &service), went(4, [7, 14, 28], "max_attempts"));
        let (scope, service) = (Scope::new(), Service::down());
        scope.run_blocking(|| client.fetch_plain(&service)).unwrap_err();
        assert_eq!(Went::of(&scope, &service), went(4, [7, 14, 28], "max_attempts"));
    }

    /// What fits the default and not the policy of a call is told once.
    #[test]
    fn takes_a_policy_that_does_not_fit_keeps_to_it() {
        #[retry_on(Busy, policy = policy, name = "unfit policy")]
        fn fetch(service: &Service, policy: &Policy) -> Result<u32, Busy> {
            service.call()
        }

        let (_board, _clock, recorder) =
            (Board::empty(), ManualClock::install(), Recorder::start());
        let patient = Policy::builder().max(2).delay(Duration::from_secs(2)).build().unwrap();
        file("unfit policy", "max = 4\nmax_delay = \"1s\"");
        assert_eq!(fetch(&Service::down(), &Policy::DEFAULT), Err(Busy { call: 4 }));
        assert_eq!(fetch(&Service::down(), &patient), Err(Busy { call: 2 }));
        assert_eq!(fetch(&Service::down(), &patient), Err(Busy { call: 2 }));
        let told: Vec<_> = recorder
            .events()
            .into_iter()
            .filter(|event| event.message.contains("ignored"))
            .collect();
        assert_eq!(told.len(), 1, "{told:?}");
        let error = told[0].field("error").unwrap();
        assert!(
            error.contains("`max_delay` (1s) is shorter than the first `delay` (2s)"),
            "{error}"
        );
        assert!(
            error.contains("`unfit policy`, which is declared with at most 2 calls"),
            "{error}"
        );
        // But not to be retried at all fits every function.
        file("unfit policy", "enabled = false\nmax_delay = \"1s\"");
        assert_eq!(fetch(&Service::down(), &patient), Err(Busy { call: 1 }));
    }

    #[test]
    fn has_a_deadline_gets_the_other() {
        #[retry_on(Busy, jitter = none, deadline = "10s", name = "deadline")]
        fn fetch(service: &Service, scope: &Scope) -> Result<u32, Busy> {
            scope.advance(60 * MS);
            service.call()
        }

        let _board = Board::empty();
        file("deadline", "deadline = \"200ms\"");
        let (scope, service) = (Scope::new(), Service::down());
        scope.run_blocking(|| fetch(&service, &scope)).unwrap_err();
        // From the start of the first attempt: 60 + 100 + 60 + ..
        assert_eq!(Went::of(&scope, &service), went(2, [100], "deadline"));
    }

    /// Nobody looked at the clock when the first attempt started.
    #[test]
    fn has_no_deadline_gets_one_from_its_first_failure() {
        #[retry_on(Busy, jitter = none, name = "no deadline")]
        fn fetch(service: &Service, scope: &Scope) -> Result<u32, Busy> {
            scope.advance(500 * MS);
            service.call()
        }

        let _board = Board::empty();
        file("no deadline", "deadline = \"610ms\"\nmax = 9");
        let (scope, service) = (Scope::new(), Service::down());
        scope.run_blocking(|| fetch(&service, &scope)).unwrap_err();
        assert_eq!(Went::of(&scope, &service), went(2, [100], "deadline"));
    }

    #[test]
    fn has_a_timeout_gets_what_the_deadline_from_outside_leaves() {
        #[retry_on(TimedOut, timeout = "1s", jitter = none, name = "timeout")]
        async fn fetch() -> Result<u32, TimedOut> {
            std::future::pending().await
        }

        let _board = Board::empty();
        file("timeout", "deadline = \"1s 500ms\"");
        let error = wait(fetch()).unwrap_err();
        // After 1 s + 100 ms + 1 s and 200 ms more there would be 200 ms left; counted from the first
        // failure.
        assert_eq!((error.attempt(), error.limit()), (3, 200 * MS));
    }

    #[test]
    fn sees_its_attempt_sees_the_other_max() {
        #[retry_on(Busy, attempt = attempt, delay = "0ms", name = "seen")]
        fn fetch(seen: &Cell<(u32, bool)>) -> Result<u32, Busy> {
            seen.set((attempt.max(), attempt.is_last()));
            Err(Busy { call: attempt.number() })
        }

        let _board = Board::empty();
        file("seen", "max = 5");
        let seen = Cell::default();
        assert_eq!(fetch(&seen), Err(Busy { call: 5 }));
        assert_eq!(seen.get(), (5, true));
    }

    #[test]
    fn has_hooks_tells_them_the_other_max() {
        #[retry_on(
            Busy,
            delay = "0ms",
            name = "hooks",
            on_retry = |retry: &Retrying<'_, Busy>| seen.set(seen.get() + retry.max()),
            on_give_up = |gave_up: &GaveUp<'_, Busy>| seen.set(seen.get() + 100 * gave_up.max()),
        )]
        fn fetch(seen: &Cell<u32>) -> Result<u32, Busy> {
            Err(Busy { call: 1 })
        }

        let _board = Board::empty();
        file("hooks", "max = 4");
        let seen = Cell::default();
        fetch(&seen).unwrap_err();
        assert_eq!(seen.get(), 3 * 4 + 400);
    }

    #[test]
    fn is_a_closure_obeys_too() {
        let (_board, _clock) = (Board::empty(), ManualClock::install());
        file("a closure", "max = 5");
        let service = Service::down();
        let retry = Retry::new(&Policy::DEFAULT).name("a closure");
        retry.run_blocking(|| service.call()).unwrap_err();
        assert_eq!(service.calls(), 5);
        wait(retry.run(async || service.call())).unwrap_err();
        assert_eq!(service.calls(), 10);
    }

    #[test]
    fn retries_inside_another_is_warned_of_with_the_other_numbers() {
        #[retry_on(Busy, delay = "0ms", name = "product inner")]
        fn inner() -> Result<u32, Busy> {
            Err(Busy { call: 1 })
        }

        #[retry_on(Busy, delay = "0ms", name = "product outer")]
        fn outer() -> Result<u32, Busy> {
            inner()
        }

        let _board = Board::empty();
        switchboard::load_toml(
            "[\"product inner\"]\nmax = 4\n[\"product outer\"]\nmax = 5\n[\"closure outer\"]\nmax = 6\n",
            "retries.toml",
        )
        .unwrap();
        let recorder = Recorder::start();
        let worst_cases = || -> Vec<String> {
            let warned = recorder.events().into_iter().filter(|event| event.level == Level::WARN);
            warned.filter_map(|event| event.field("worst_case").map(str::to_owned)).collect()
        };
        outer().unwrap_err();
        assert_eq!(worst_cases(), ["20"]);
        let policy = Policy::builder().delay(Duration::ZERO).build().unwrap();
        Retry::new(&policy).name("closure outer").run_blocking(inner).unwrap_err();
        assert_eq!(worst_cases(), ["20", "24"]);
    }
}

mod in_the_middle_of_a_call {
    use super::*;

    #[test]
    fn settings_hold_from_the_next_failure_on() {
        #[retry_on(Busy, max = 9, jitter = none, name = "middle")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            if service.calls() == 1 {
                switchboard::set("middle", Settings::new().max(4).delay(MS)).unwrap();
            }
            service.call()
        }

        let _board = Board::empty();
        let (scope, service) = (Scope::new(), Service::down());
        scope.run_blocking(|| fetch(&service)).unwrap_err();
        assert_eq!(Went::of(&scope, &service), went(4, [100, 2, 4], "max_attempts"));
    }

    #[test]
    fn the_switch_ends_the_call_at_its_next_failure() {
        #[retry_on(Busy, max = 9, name = "switched in the middle")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            if service.calls() == 2 {
                switchboard::turn_off();
            }
            service.call()
        }

        let _board = Board::empty();
        let (scope, service) = (Scope::new(), Service::down());
        wait(scope.run(fetch(&service))).unwrap_err();
        assert_eq!(Went::of(&scope, &service).calls, 3);
        assert_eq!(Went::of(&scope, &service).reason, Some("disabled"));
    }

    #[test]
    fn fewer_attempts_than_were_made_end_the_call_with_its_next_failure() {
        #[retry_on(Busy, max = 9, name = "fewer in the middle")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            if service.calls() == 4 {
                switchboard::set("fewer in the middle", Settings::new().max(2)).unwrap();
            }
            service.call()
        }

        let _board = Board::empty();
        let (scope, service) = (Scope::new(), Service::down());
        scope.run_blocking(|| fetch(&service)).unwrap_err();
        assert_eq!(service.calls(), 5);
    }
}

mod what_is_wrong {
    use super::*;

    /// Nothing but this may have changed: `shop::fetch` makes 4 attempts.
    fn assert_unchanged() {
        assert_eq!(Went::now(), went(4, [100, 200, 400], "max_attempts"));
    }

    #[test]
    fn in_a_file_is_told_with_what_to_write_instead_and_changes_nothing() {
        const DURATION: &str = "expected a duration, such as \"200ms\" or \"1s 500ms\"";
        const ATTEMPTS: &str = "expected a number of attempts from 1 to 4294967295";
        const TOKENS: &str = "expected a number of tokens from 10 upwards, or \"none\"";
        const NO_TABLE: &str = "is no table: settings stand below the name of a function or a pattern, \
                                such as [\"orders::*\"]; for all functions there is `enabled`, true or false";
        let _board = Board::empty();
        file("shop::fetch", "max = 4");
        for (settings, expected) in [
            (
                "mxa = 5",
                "unknown field `mxa`, expected one of `enabled`, `max`, `delay`, `factor`, \
                 `max_delay`, `jitter`, `deadline`, `budget`"
                    .to_owned(),
            ),
            ("max = \"5\"", format!("max: invalid type: string \"5\", {ATTEMPTS}")),
            ("max = 2.5", format!("max: invalid type: floating point `2.5`, {ATTEMPTS}")),
            ("max = -1", format!("max: invalid value: integer `-1`, {ATTEMPTS}")),
            ("max = 4294967296", format!("max: invalid value: integer `4294967296`, {ATTEMPTS}")),
            ("max = true", format!("max: invalid type: boolean `true`, {ATTEMPTS}")),
            (
                "factor = \"2\"",
                "factor: invalid type: string \"2\", expected a number from 1 upwards".to_owned(),
            ),
            ("delay = 200", format!("delay: invalid type: integer `200`, {DURATION}")),
            (
                "delay = \"200\"",
                "delay: \"200\" is not a duration: time unit needed, for example 200sec or 200ms"
                    .to_owned(),
            ),
            (
                "delay = \"-1s\"",
                "delay: \"-1s\" is not a duration: expected number at 0".to_owned(),
            ),
            ("delay = \"\"", "delay: \"\" is not a duration: value was empty".to_owned()),
            ("max_delay = \"2years\"", "max_delay: \"2years\" is longer than a year".to_owned()),
            ("deadline = 1.5", format!("deadline: invalid type: floating point `1.5`, {DURATION}")),
            (
                "jitter = \"Full\"",
                "jitter: invalid value: string \"Full\", expected \"full\", \"equal\", \
                 \"decorrelated\" or \"none\""
                    .to_owned(),
            ),
            ("budget = 9", format!("budget: invalid value: integer `9`, {TOKENS}")),
            ("budget = -9", format!("budget: invalid value: integer `-9`, {TOKENS}")),
            (
                "budget = 4294967296",
                format!("budget: invalid value: integer `4294967296`, {TOKENS}"),
            ),
            ("budget = \"no\"", format!("budget: invalid value: string \"no\", {TOKENS}")),
            (
                "enabled = \"false\"",
                "enabled: invalid type: string \"false\", expected a boolean".to_owned(),
            ),
        ] {
            // The first table is right, and must not be applied either.
            let text = format!("[\"shop::fetch\"]\nmax = 9\n[\"z\"]\n{settings}\n");
            let error = switchboard::load_toml(&text, "retries.toml").unwrap_err();
            assert!(matches!(error, SwitchboardError::Malformed { .. }), "{error:?}");
            assert_eq!(
                error.to_string(),
                format!("malformed settings for retries in retries.toml: [\"z\"]: {expected}"),
            );
            assert_unchanged();
        }
        for (text, expected) in [
            ("max = 3", format!("`max` {NO_TABLE}")),
            ("[[\"shop::fetch\"]]\nmax = 9", format!("`shop::fetch` {NO_TABLE}")),
            ("enabled = \"false\"", "`enabled` is `true` or `false`, without quotes".to_owned()),
            (
                "[\"\"]\nmax = 9",
                "settings without the name of a function; for all functions, write `*`".to_owned(),
            ),
            (
                "[orders.fetch]\nmax = 9",
                "[\"orders\"]: `fetch` is a table, not a setting\n(the name of a function stands in \
                 quotes: [\"orders::fetch\"])"
                    .to_owned(),
            ),
        ] {
            let error = switchboard::load_toml(text, "retries.toml").unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("malformed settings for retries in retries.toml: {expected}"),
            );
            assert_unchanged();
        }
    }

    #[test]
    fn in_its_syntax_is_shown_at_its_place() {
        let _board = Board::empty();
        file("shop::fetch", "max = 4");
        for (text, line, advice) in [
            ("[\"shop::fetch\"]\nmax = 9\nmax = 8\n", "line 3, column 1", "duplicate key"),
            ("[\"a\"]\nmax = 9\n[\"a\"]\nmax = 8\n", "line 3, column 2", "duplicate key"),
            ("[\"a\"]\ndelay = 5s\n", "line 2, column 9", "string values must be quoted"),
            ("nonsense", "line 1, column 9", "key with no value"),
            (
                "[orders::fetch]\nmax = 9\n",
                "line 1, column 8",
                "(the name of a function stands in quotes: [\"orders::fetch\"])",
            ),
        ] {
            let error = switchboard::load_toml(text, "retries.toml").unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(advice), "{error}");
            assert_unchanged();
        }
    }

    #[test]
    fn for_every_policy_is_one_for_settings_too() {
        let _board = Board::empty();
        file("shop::fetch", "max = 4");
        for (settings, is_expected) in [
            ("max = 0", (|error| matches!(error, PolicyError::Max)) as fn(PolicyError) -> bool),
            ("factor = nan", |error| matches!(error, PolicyError::Factor { .. })),
            ("factor = 0.5", |error| matches!(error, PolicyError::Factor { .. })),
            ("factor = -1", |error| matches!(error, PolicyError::Factor { .. })),
            ("factor = inf", |error| matches!(error, PolicyError::Factor { .. })),
            ("factor = 1e300", |error| matches!(error, PolicyError::Factor { .. })),
            ("deadline = \"0s\"", |error| matches!(error, PolicyError::Deadline { .. })),
            ("delay = \"2s\"\nmax_delay = \"1s\"", |error| {
                matches!(error, PolicyError::MaxDelay { .. })
            }),
        ] {
            let text = format!("[\"shop::fetch\"]\n{settings}\n");
            let error = switchboard::load_toml(&text, "retries.toml").unwrap_err();
            assert!(error.to_string().starts_with("retries.toml, `shop::fetch`: `"), "{error}");
            match error {
                SwitchboardError::Policy { error, .. } => assert!(is_expected(error), "{error}"),
                error => panic!("{error:?}"),
            }
            assert_unchanged();
        }
    }

    #[test]
    fn in_code_changes_nothing() {
        let _board = Board::empty();
        file("shop::fetch", "max = 4");
        for settings in [
            Settings::new().max(0),
            Settings::new().factor(f64::NAN),
            Settings::new().deadline(Duration::ZERO),
            Settings::new().budget(9),
        ] {
            let error = switchboard::set("shop::fetch", settings).unwrap_err();
            assert!(error.to_string().starts_with("code, `shop::fetch`: "), "{error}");
            assert_unchanged();
        }
        let error = switchboard::set(" ", Settings::new()).unwrap_err();
        assert!(error.to_string().contains("without the name of a function"), "{error}");
        let error = switchboard::set("x", Settings::new().budget(9)).unwrap_err();
        assert!(error.source().unwrap().to_string().contains("never pays"), "{error}");
        assert_unchanged();
    }

    #[test]
    fn with_the_file_itself_is_told_with_its_path() {
        let _board = Board::empty();
        file("shop::fetch", "max = 4");
        let directory = std::env::temp_dir().join(format!("retries-tests-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let path = directory.join("retries.toml");
        for (content, expected) in [
            (None, "No such file or directory"),
            (Some(&b"\xff\xfe\0"[..]), "stream did not contain valid UTF-8"),
        ] {
            if let Some(content) = content {
                fs::write(&path, content).unwrap();
            }
            let error = switchboard::load_file(&path).unwrap_err();
            assert!(matches!(error, SwitchboardError::Read { .. }), "{error:?}");
            let error = error.to_string();
            assert!(error.contains(expected) && error.contains("retries.toml: "), "{error}");
            assert_unchanged();
        }
        fs::write(&path, "[\"shop::fetch\"]\nmax = 2\n").unwrap();
        switchboard::load_file(&path).unwrap();
        assert_eq!(Went::now().calls, 2);
        fs::write(&path, "").unwrap();
        switchboard::load_file(&path).unwrap();
        assert_eq!(Went::now(), as_declared(), "an empty file sets nothing");
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn for_a_function_that_is_known_changes_nothing() {
        let _board = Board::empty();
        let _ = Went::now();
        file("shop::fetch", "max = 4");
        let error = switchboard::load_toml(
            "[\"shop::fetch\"]\nmax = 9\n[\"shop::*\"]\nmax_delay = \"1ms\"\n",
            "retries.toml",
        )
        .unwrap_err();
        assert!(matches!(error, SwitchboardError::Unfit { site: "shop::fetch", .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            "the settings for retries do not fit `shop::fetch`, which is declared with at most 3 \
             calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting: `max_delay` \
             (1ms) is shorter than the first `delay` (100ms)"
        );
        assert_unchanged();
        // Together they fit.
        file("shop::*", "delay = \"1ms\"\nmax_delay = \"1ms\"");
        assert_eq!(Went::now(), went(3, [1, 1], "max_attempts"));
    }

    #[test]
    fn for_a_function_that_is_called_later_is_logged_once_and_ignored() {
        #[retry_on(Busy, name = "later")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_board, _clock) = (Board::empty(), ManualClock::install());
        file("later", "max = 9\nmax_delay = \"1ms\"");
        let recorder = Recorder::start();
        let told = || {
            let ignored = recorder.events().into_iter();
            ignored.filter(|event| event.message.contains("ignored")).collect::<Vec<_>>()
        };
        fetch(&Service::failing(0)).unwrap();
        assert_eq!(told().len(), 1, "at its first call, not at its first failure");
        for _ in 0..3 {
            assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
        }
        assert_eq!(told().len(), 1);
        assert_eq!((told()[0].level, told()[0].field("site")), (Level::ERROR, Some("later")));
        let error = told()[0].field("error").unwrap().to_owned();
        assert!(error.starts_with("the settings for retries do not fit `later`"), "{error}");
        // What is set elsewhere neither is refused for it nor tells it again.
        switchboard::set("shop::fetch", Settings::new().max(2)).unwrap();
        fetch(&Service::down()).unwrap_err();
        assert_eq!(told().len(), 1);
    }
}

mod the_log {
    use super::*;

    fn told(recorder: &Recorder) -> Vec<String> {
        let events = recorder.events().into_iter();
        events.filter_map(|event| Some(event.field("settings")?.to_owned())).collect()
    }

    #[test]
    fn tells_once_what_came_from_where() {
        #[retry_on(Busy, delay = "1ms", name = "told")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_board, _clock, recorder) =
            (Board::empty(), ManualClock::install(), Recorder::start());
        fetch(&Service::down()).unwrap_err();
        assert!(told(&recorder).is_empty(), "nothing is set");
        file("tol*", "max = 5\njitter = \"none\"\nbudget = 50");
        switchboard::set("told", Settings::new().max(2).delay(1500 * MS)).unwrap();
        fetch(&Service::failing(0)).unwrap();
        assert!(told(&recorder).is_empty(), "it did not fail");
        fetch(&Service::down()).unwrap_err();
        fetch(&Service::down()).unwrap_err();
        let first = "max = 2 (code, \"told\"), delay = 1.5s (code, \"told\"), jitter = none \
                     (retries.toml, \"tol*\"), budget = 50 (retries.toml, \"tol*\")";
        assert_eq!(told(&recorder), [first]);
        let line = recorder.events().into_iter().find(|event| event.field("settings").is_some());
        let line = line.unwrap();
        assert_eq!((line.level, line.field("site")), (Level::INFO, Some("told")));
        assert!(line.field("at").unwrap().contains("switchboard.rs:"), "{line}");
        // What is set for others is no change for it.
        file("tol*", "max = 5\njitter = \"none\"\nbudget = 50");
        switchboard::set("something else", Settings::new().max(2)).unwrap();
        fetch(&Service::down()).unwrap_err();
        assert_eq!(told(&recorder).len(), 1);
        switchboard::turn_off();
        fetch(&Service::down()).unwrap_err();
        assert_eq!(told(&recorder)[1..], [format!("enabled = false (code, for all), {first}")]);
    }

    #[test]
    fn stays_quiet_where_nothing_fails() {
        let (_board, recorder) = (Board::empty(), Recorder::start());
        file("*", "max = 5\nbudget = 50");
        for _ in 0..3 {
            shop::fetch_plain(&Service::failing(0)).unwrap();
            wait(shop::fetch(&Service::failing(0))).unwrap();
        }
        assert!(recorder.events().is_empty(), "{:?}", recorder.events());
    }
}

mod many_threads {
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
        switchboard::load_toml(ONE, "retries.toml").unwrap();
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
                                assert_eq!(pause, MS * event.max(), "{event:?}");
                                seen.fetch_or(1 << event.max(), Ordering::Relaxed);
                            }
                        }
                        let _ = sites();
                    }
                });
            }
            for turn in 0..2_000 {
                let text = if turn % 2 == 0 { OTHER } else { ONE };
                switchboard::load_toml(text, "retries.toml").unwrap();
                if turn % 100 == 0 {
                    switchboard::set("somewhere else", Settings::new().max(turn + 1)).unwrap();
                    thread::yield_now();
                }
            }
            while seen.load(Ordering::Relaxed) != 0b1_0100 {
                switchboard::load_toml(OTHER, "retries.toml").unwrap();
                thread::yield_now();
                switchboard::load_toml(ONE, "retries.toml").unwrap();
                thread::yield_now();
            }
            is_over.store(true, Ordering::Relaxed);
        });
    }
}
