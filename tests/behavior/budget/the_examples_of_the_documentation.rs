//! The examples of the documentation that concern budgets, each called a thousand times.
//!
//! What is written here is also looked for in the documentation, so that neither changes alone.

use std::io;

use retry_runtime::BudgetError;

use super::*;

/// Without the marks of comments and hidden lines, comments and white space.
fn code(documentation: &str) -> String {
    let line = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_prefix("///").unwrap_or(line).trim_start();
        let line = line.strip_prefix("# ").unwrap_or(line);
        line.split("//").next().unwrap_or("").split_whitespace().collect::<String>()
    };
    documentation.lines().map(line).collect()
}

/// The code, and a function that makes sure that it is in this file of the documentation.
macro_rules! documented {
    ($file:literal: $($code:tt)*) => {
        $($code)*

        fn assert_documented() {
            let page = include_str!(concat!("../../../retry-runtime/src/", $file));
            let written = code(stringify!($($code)*));
            assert!(code(page).contains(&written), "{written} is not in {}", $file);
        }
    };
}

#[test]
fn that_share_one_never_end_a_call_of_a_service_that_is_up_plain() {
    documented! { "retry_on.md":
        static DATABASE: Budget = Budget::builder().capacity(1000).build();

        #[retry_on(io::Error, budget = &DATABASE)]
        fn read(key: u32) -> io::Result<Vec<u8>> {
            Ok(key.to_le_bytes().to_vec())
        }

        #[retry_on(io::Error, budget = &DATABASE, max = 5)]
        fn write(key: u32, value: &[u8]) -> io::Result<()> {
            let _ = (key, value); Ok(())
        }
    }
    assert_documented();
    for key in 0..1000 {
        let value = read(key).unwrap();
        write(key, &value).unwrap();
    }
    assert_eq!(DATABASE.available(), 1000);
}

#[test]
fn whose_service_is_down_retry_as_often_as_the_budget_says_plain() {
    documented! { "decide/budget.rs":
        static DATABASE: Budget = Budget::new();

        #[retry_on(_, budget = &DATABASE, delay = "0ms")]
        fn query() -> Result<(), &'static str> {
            Err("busy")
        }
    }
    assert_documented();
    let clock = Scope::new().enter();
    query().unwrap_err();
    assert_eq!(DATABASE.available(), 500 - 2 * 5);
    for _ in 1..1000 {
        query().unwrap_err();
    }
    assert_eq!(DATABASE.available(), 0);
    clock.advance(Duration::from_hours(1));
    assert_eq!(DATABASE.available(), 500);
}

#[test]
fn that_poll_are_never_told_that_it_is_pending_plain() {
    documented! { "retry_on.md":
        #[derive(PartialEq, Debug)]
        enum State { Pending, Done }

        #[retry_on(until = |state: &State| *state == State::Done, max = 20, factor = 1.2, delay = "0ms")]
        fn state(polls: &Cell<u32>) -> Result<State, String> {
            polls.set(polls.get() + 1);
            Ok(if polls.get() < 7 { State::Pending } else { State::Done })
        }
    }
    assert_documented();
    let _clock = Scope::new().enter();
    for call in 0..1000 {
        assert_eq!(state(&Cell::new(0)), Ok(State::Done), "call {call}");
    }
}

#[test]
fn that_make_a_budget_make_it_a_thousand_times_plain() {
    for _ in 0..1000 {
        let database = Budget::builder()
            .capacity(200)
            .retry_cost(5)
            .timeout_cost(10)
            .throttled_cost(2)
            .refill_per_second(0.2)
            .build();
        assert_eq!(database.available(), 200);
        let ratio = Budget::try_ratio(0.1, 1, Duration::from_secs(10)).unwrap();
        assert_eq!(ratio.available(), 10);
        let too_small = Budget::builder().capacity(4).try_build();
        assert!(matches!(too_small, Err(BudgetError::TooSmall { .. })));
    }
}
