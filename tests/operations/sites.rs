//! What `sites()` tells of every annotated function that was called.

use std::io::{self, ErrorKind};
use std::thread;
use std::time::Duration;

use retry_runtime::sites::SiteReport;
use retry_runtime::testing::Scope;
use retry_runtime::{Budget, EndReason, Policy, Retry, retry_on, sites};
use retry_tests::{Busy, Service};
use serde_json::json;

const DEFAULT: &str =
    "at most 3 calls: 1 + 2 retries; pauses up to 100 ms, 200 ms; at most 300 ms of waiting";

fn find(name: &str) -> Option<SiteReport> {
    let mut found = sites().into_iter().filter(|site| site.site() == name);
    let site = found.next();
    assert!(found.next().is_none(), "`{name}` is listed twice");
    site
}

/// The only one of this name.
fn site(name: &str) -> SiteReport {
    find(name).unwrap_or_else(|| panic!("`{name}` is not listed:\n{}", sites()))
}

fn own(available: u32) -> String {
    format!("{available} of 500")
}

mod a_function_is_listed {
    use super::*;

    #[test]
    fn after_its_first_call_also_where_that_succeeds_at_once_plain() {
        #[retry_on(Busy, name = "healthy plain")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        assert!(find("healthy plain").is_none());
        fetch(&Service::failing(0)).unwrap();
        let site = site("healthy plain");
        assert_eq!((site.retries(), site.recovered(), site.gave_up(), site.nested()), (0, 0, 0, 0));
        assert_eq!(site.budget().to_string(), own(500));
    }

    #[tokio::test]
    async fn after_its_first_call_also_where_that_succeeds_at_once() {
        #[retry_on(Busy, name = "healthy")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        drop(fetch(&Service::failing(0)));
        assert!(find("healthy").is_none(), "it was never polled");
        fetch(&Service::failing(0)).await.unwrap();
        assert_eq!(site("healthy").budget().to_string(), own(500));
    }

    #[test]
    fn with_its_name_its_place_its_selectors_and_its_policy() {
        const LINE: u32 = line!() + 1;
        #[retry_on(Busy, io::Error, "InternalError", when = |_| false)]
        fn fetch() -> Result<(), Fault> {
            Ok(())
        }

        fetch().unwrap();
        let site = site("sites::a_function_is_listed::fetch");
        assert!(site.file().ends_with("sites.rs"), "{}", site.file());
        // The attribute has no line of its own in the expansion of every compiler.
        assert!((LINE..=LINE + 1).contains(&site.line()), "{}", site.line());
        assert_eq!(site.selectors(), ["Busy", "io::Error", "InternalError", "when"]);
        assert_eq!(site.policy(), DEFAULT);
    }

    #[derive(Debug)]
    struct Fault;

    impl std::fmt::Display for Fault {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("fault")
        }
    }

    impl std::error::Error for Fault {}

    impl retry_runtime::ErrorCode for Fault {
        fn code(&self) -> Option<&str> {
            None
        }
    }

    #[test]
    fn once_however_many_threads_call_it_first() {
        #[retry_on(Busy, delay = "0ms", budget = none, name = "crowded")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        fetch(&Service::down()).unwrap_err();
                        fetch(&Service::failing(1)).unwrap();
                        let _ = sites().to_string();
                    }
                });
            }
        });
        let site = site("crowded");
        assert_eq!((site.retries(), site.recovered(), site.gave_up()), (2400, 800, 800));
    }

    #[test]
    fn by_name() {
        #[retry_on(Busy, name = "sorted b")]
        fn second() -> Result<(), Busy> {
            Ok(())
        }

        #[retry_on(Busy, name = "sorted a")]
        fn first() -> Result<(), Busy> {
            Ok(())
        }

        second().unwrap();
        first().unwrap();
        let sites = sites();
        let names: Vec<_> = sites.iter().map(SiteReport::site).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert!(names.contains(&"sorted a") && names.contains(&"sorted b"), "{names:?}");
        assert_eq!(sites.len(), names.len());
        assert!(!sites.is_empty());
    }

    #[test]
    fn also_where_it_is_a_closure_that_failed() {
        let _clock = Scope::new().enter();
        let policy = Policy::builder().max(2).build();
        let retry = Retry::new(&policy).name("closure");
        retry.clone().run_blocking(|| Ok::<_, Busy>(1)).unwrap();
        assert!(find("closure").is_none(), "nothing is looked up for a success");
        let service = Service::failing(1);
        retry.clone().run_blocking(|| service.call()).unwrap();
        assert_eq!(service.calls(), 2);
        retry.run_blocking(|| Service::down().call()).unwrap_err();
        let site = site("closure");
        assert_eq!((site.retries(), site.recovered(), site.gave_up()), (2, 1, 1));
        assert_eq!(site.selectors(), ["_"]);
        assert!(site.policy().starts_with("at most 2 calls: 1 + 1 retry;"), "{}", site.policy());
    }
}

#[test]
fn calls_are_counted_by_the_reason_that_ended_them() {
    #[retry_on(
        e: io::Error if e.kind() == ErrorKind::TimedOut,
        max = 3,
        deadline = "1s",
        budget = budget,
        name = "reasons"
    )]
    fn fetch(kind: ErrorKind, took: Duration, budget: &Budget, scope: &Scope) -> io::Result<()> {
        scope.advance(took);
        Err(kind.into())
    }

    let scope = Scope::new();
    let fetch = |kind, took, budget: &Budget| {
        scope.run_blocking(|| fetch(kind, took, budget, &scope)).unwrap_err();
    };
    let empty = Budget::builder().capacity(10).retry_cost(10).timeout_cost(10).build();
    let full = Budget::standard_2_0();
    for _ in 0..5 {
        fetch(ErrorKind::TimedOut, Duration::ZERO, &full);
    }
    for _ in 0..4 {
        fetch(ErrorKind::NotFound, Duration::ZERO, &full);
    }
    for _ in 0..3 {
        fetch(ErrorKind::TimedOut, Duration::from_secs(2), &full);
    }
    for _ in 0..2 {
        fetch(ErrorKind::TimedOut, Duration::ZERO, &empty);
    }
    let site = site("reasons");
    let counted: Vec<u64> = EndReason::ALL.iter().map(|reason| site.ended(*reason)).collect();
    // The first of the last two calls took all there was for its retry.
    assert_eq!(counted, [4, 0, 5, 0, 0, 3, 2, 0]);
    assert_eq!((site.retries(), site.recovered(), site.gave_up()), (11, 0, 10));
}

#[test]
fn a_call_that_a_nested_one_gave_up_on_is_not_given_up_itself() {
    #[retry_on(Busy, max = 2, name = "nested inner")]
    fn inner() -> Result<u32, Busy> {
        Service::down().call()
    }

    #[retry_on(Busy, nested = "inner", name = "nested outer")]
    fn outer() -> Result<u32, Busy> {
        inner()
    }

    let _clock = Scope::new().enter();
    outer().unwrap_err();
    let outer = site("nested outer");
    assert_eq!((outer.ended(EndReason::Nested), outer.gave_up(), outer.nested()), (1, 0, 1));
    assert_eq!(site("nested inner").gave_up(), 1);
}

mod the_budget {
    use super::*;

    #[test]
    fn shows_what_retries_took_and_successes_gave_back_plain() {
        #[retry_on(Busy, name = "budget plain")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let _clock = Scope::new().enter();
        fetch(&Service::down()).unwrap_err();
        assert_eq!(site("budget plain").budget().to_string(), own(490));
        fetch(&Service::failing(0)).unwrap();
        assert_eq!(site("budget plain").budget().to_string(), own(491));
        fetch(&Service::failing(1)).unwrap();
        assert_eq!(site("budget plain").budget().to_string(), own(491));
        for _ in 0..20 {
            fetch(&Service::failing(0)).unwrap();
        }
        assert_eq!(site("budget plain").budget().to_string(), own(500));
    }

    #[tokio::test(start_paused = true)]
    async fn shows_what_retries_took_and_successes_gave_back() {
        #[retry_on(Busy, name = "budget")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        fetch(&Service::down()).await.unwrap_err();
        assert_eq!(site("budget").budget().to_string(), own(490));
        for _ in 0..10 {
            fetch(&Service::failing(0)).await.unwrap();
        }
        assert_eq!(site("budget").budget().to_string(), own(500));
    }

    #[test]
    fn is_the_one_that_a_policy_shares() {
        static SHARED: Budget = Budget::standard_2_0();
        const POLICY: Policy = Policy::builder().budget(&SHARED).build();

        #[retry_on(Busy, policy = &POLICY, name = "budget shared")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let _clock = Scope::new().enter();
        fetch(&Service::down()).unwrap_err();
        assert_eq!(site("budget shared").budget().to_string(), "490, shared");
    }

    #[test]
    fn is_none_where_the_policy_has_none() {
        const POLICY: Policy = Policy::builder().without_budget().build();

        #[retry_on(Busy, policy = &POLICY, name = "budget of no policy")]
        fn of_a_policy() -> Result<(), Busy> {
            Ok(())
        }

        #[retry_on(Busy, budget = none, name = "budget none")]
        fn by_its_key() -> Result<(), Busy> {
            Ok(())
        }

        of_a_policy().unwrap();
        by_its_key().unwrap();
        for name in ["budget of no policy", "budget none"] {
            assert_eq!(site(name).budget().to_string(), "none", "{name}");
        }
    }
}

/// Which only a call knows.
mod the_budget_of_the_call {
    use super::*;

    static SHARED: Budget = Budget::standard_2_0();

    #[retry_on(Busy, budget = &SHARED, name = "budget of a key plain")]
    fn fetch_plain(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, budget = budget, name = "budget of the call")]
    async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    #[test]
    fn is_shown_as_the_last_call_saw_it_plain() {
        let _clock = Scope::new().enter();
        let shown = || site("budget of a key plain").budget().to_string();
        fetch_plain(&Service::failing(0)).unwrap();
        assert_eq!(shown(), "500, shared");
        fetch_plain(&Service::down()).unwrap_err();
        assert_eq!(shown(), "490, shared");
        for _ in 0..20 {
            fetch_plain(&Service::failing(0)).unwrap();
        }
        assert_eq!(shown(), "500, shared");
    }

    #[tokio::test(start_paused = true)]
    async fn is_shown_as_the_last_call_saw_it() {
        let shown = || site("budget of the call").budget().to_string();
        fetch(
            &Service::down(),
            &Budget::builder().capacity(12).retry_cost(5).timeout_cost(5).build(),
        )
        .await
        .unwrap_err();
        assert_eq!(shown(), "2, shared");
        fetch(&Service::down(), &Budget::standard_2_0()).await.unwrap_err();
        assert_eq!(shown(), "490, shared");
    }
}

/// What `sites()` prints, of these names only.
fn printed(names: &[&str]) -> String {
    let table = sites().to_string();
    let mut lines = table.lines().peekable();
    let mut shown = vec![lines.next().unwrap_or_default().to_owned()];
    while let Some(line) = lines.next() {
        if !names.iter().any(|name| line.starts_with(name)) {
            continue;
        }
        shown.push(line.to_owned());
        while let Some(more) = lines.next_if(|line| line.starts_with(' ')) {
            shown.push(more.to_owned());
        }
    }
    shown.join("\n")
}

mod the_table {
    use super::*;

    #[test]
    fn is_aligned_whatever_the_names() {
        const LONG: &str = "orders::warehouse::stock::reservations::client::Client::reserve_all";

        #[retry_on(
            Busy,
            name = "orders::warehouse::stock::reservations::client::Client::reserve_all"
        )]
        fn long() -> Result<u32, Busy> {
            Service::down().call()
        }

        #[retry_on(Busy, name = "übung::straße")]
        fn unicode() -> Result<u32, Busy> {
            Service::down().call()
        }

        #[retry_on(until = |calls: &u32| *calls >= 3, name = "polled")]
        fn polled() -> Result<u32, Busy> {
            Ok(1)
        }

        let _clock = Scope::new().enter();
        long().unwrap_err();
        unicode().unwrap_err();
        polled().unwrap();
        let table = printed(&[LONG, "übung::straße", "polled"]);
        let columns: Vec<_> = table
            .lines()
            .filter(|line| line.contains("sites.rs:") || line.contains("place"))
            .map(|line| line[..line.rfind("  ").unwrap() + 2].chars().count())
            .collect();
        assert_eq!(columns.len(), 4, "{table}");
        assert!(columns.iter().all(|column| *column == columns[0]), "{table}");
        assert!(columns[0] < 110, "{table}");
        assert!(table.lines().all(|line| line == line.trim_end()), "{table}");
        assert!(table.contains("  on not_yet: at most 3 calls"), "{table}");
    }

    #[test]
    fn says_in_numbers_and_words_what_happened() {
        #[retry_on(Busy, name = "table")]
        fn placeholder(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let _clock = Scope::new().enter();
        placeholder(&Service::down()).unwrap_err();
        placeholder(&Service::failing(2)).unwrap();
        let table = printed(&["table "]);
        let lines: Vec<Vec<&str>> =
            table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            lines[0],
            ["site", "retries", "recovered", "gave", "up", "not", "retried", "budget", "place"]
        );
        assert_eq!(lines[1][..8], ["table", "4", "1", "1", "0", "485", "of", "500"], "{table}");
        assert_eq!(table.lines().nth(2), Some(format!("  on Busy: {DEFAULT}").as_str()));
        assert_eq!(table.lines().nth(3), Some("  gave up: max_attempts 1"));
    }
}

#[test]
fn as_json_it_has_the_same_names_for_good() {
    #[retry_on(Busy, name = "json")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let _clock = Scope::new().enter();
    fetch(&Service::down()).unwrap_err();
    let sites = serde_json::to_value(sites()).unwrap();
    let mut site =
        sites.as_array().unwrap().iter().find(|site| site["site"] == "json").unwrap().clone();
    assert!(site["file"].take().as_str().unwrap().ends_with("sites.rs"));
    assert!(site["line"].take().as_u64().unwrap() > 0);
    assert_eq!(
        site,
        json!({
            "site": "json",
            "file": null,
            "line": null,
            "selectors": ["Busy"],
            "policy": DEFAULT,
            "retries": 2,
            "not_yet": 0,
            "requests": 0,
            "recovered": 0,
            "ended": {
                "not_retryable": 0,
                "nested": 0,
                "max_attempts": 1,
                "stopped": 0,
                "hint": 0,
                "deadline": 0,
                "budget": 0,
                "disabled": 0,
            },
            "gave_up": 1,
            "nested": 0,
            "budget": { "kind": "own", "available": 490, "capacity": 500 },
        })
    );
}

#[test]
fn budgets_as_json_say_of_which_kind_they_are() {
    static SHARED: Budget = Budget::new();

    #[retry_on(Busy, max = 2, delay = "0ms", budget = &SHARED, name = "json shared")]
    fn shared(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, max = 2, delay = "0ms", budget = none, name = "json none")]
    fn none(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    for (called, name, expected) in [
        (shared(&Service::down()), "json shared", json!({ "kind": "shared", "available": 495 })),
        (none(&Service::down()), "json none", json!({ "kind": "none" })),
    ] {
        called.unwrap_err();
        assert_eq!(serde_json::to_value(site(name).budget()).unwrap(), expected);
    }
}
