//! What a program sets about masking holds for all of it, so that this has a process of its own.

use std::sync::Mutex;

use retry_runtime::observe::{self, GiveUpAlerts, Masking, set_masking};
use retry_runtime::testing::Scope;
use retry_runtime::{ErrorCode, OnGiveUp, retry_on};

#[derive(Debug, thiserror::Error)]
#[error("login failed: password=hunter2\nline two {}", "x".repeat(10_000))]
struct Refused;

impl ErrorCode for Refused {
    fn code(&self) -> Option<&str> {
        Some("AccessDenied")
    }

    fn request_id(&self) -> Option<&str> {
        Some("id-1")
    }
}

static ALERTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Everything that leaves a call that fails: its events, its support case, its alert.
fn told() -> Vec<String> {
    #[retry_on(
        _,
        max = 2,
        on_give_up = |gave_up: &OnGiveUp<'_, Refused>| {
            *case.lock().unwrap() = gave_up.support_case().to_string();
        },
    )]
    fn login(case: &Mutex<String>) -> Result<(), Refused> {
        Err(Refused)
    }

    let case = Mutex::default();
    let scope = Scope::new();
    let _entered = scope.enter();
    login(&case).unwrap_err();
    let mut told: Vec<String> =
        scope.events().iter().filter_map(|event| event.error().map(ToString::to_string)).collect();
    assert_eq!(told.len(), 2);
    told.push(case.into_inner().unwrap());
    told.push(ALERTS.lock().unwrap().pop().unwrap());
    told
}

#[test]
fn masking_is_turned_off_and_up_for_the_whole_process() {
    observe::add(GiveUpAlerts::new(std::time::Duration::ZERO, 0, |alert| {
        ALERTS.lock().unwrap().push(alert.to_string());
    }));

    for text in told() {
        assert!(text.contains("password=[masked]") && !text.contains("hunter2"), "{text}");
    }

    set_masking(Masking::Off);
    for text in told() {
        assert!(text.contains("password=hunter2"), "{text}");
        // Still escaped and cut.
        assert!(!text.contains("\nline two") && text.len() < 20_000, "{text}");
    }

    set_masking(Masking::Texts);
    for (index, text) in told().into_iter().enumerate() {
        assert!(text.contains("[masked]") && !text.contains("login failed"), "{text}");
        // What leads to the cause is still there.
        let has_code = text.contains("AccessDenied") && text.contains("id-1");
        assert_eq!(has_code, index >= 2, "{text}");
    }

    set_masking(Masking::default());
    assert!(told().iter().all(|text| text.contains("password=[masked]")));
}
