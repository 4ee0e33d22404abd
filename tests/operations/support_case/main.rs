//! What a support case tells, and what it must not.

use std::sync::Mutex;
use std::time::Duration;

use retry_runtime::observe::{Event, Observer, SupportCase};
use retry_runtime::testing::Scope;
use retry_runtime::{EndReason, ErrorCode, OnGiveUp, Policy, Retry, Stop, TimedOut, retry_on};
use serde_json::{Value, json};

/// An error with everything that can be known of one.
#[derive(Clone, Debug, Default)]
struct Fault {
    text: String,
    code: Option<String>,
    request_id: Option<String>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Fault {}

impl ErrorCode for Fault {
    fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

fn fault(attempt: u32) -> Fault {
    Fault {
        text: format!("busy, call {attempt}"),
        code: Some("InternalError".to_owned()),
        request_id: Some(format!("id-{attempt}")),
    }
}

/// Where hooks and observers put the case.
type Told = Mutex<Option<SupportCase>>;

fn tell(told: &Told, case: SupportCase) {
    assert!(told.lock().unwrap().replace(case).is_none(), "told twice");
}

#[retry_on(
    Fault,
    when = |_| false,
    max = 3,
    jitter = none,
    attempt = attempt,
    name = "orders::fetch",
    on_give_up = |gave_up: &OnGiveUp<'_, Fault>| tell(told, gave_up.support_case()),
)]
async fn fetch(told: &Told) -> Result<u32, Fault> {
    Err(fault(attempt.number()))
}

#[retry_on(
    Fault,
    when = |_| false,
    max = 3,
    jitter = none,
    attempt = attempt,
    name = "orders::fetch",
    on_give_up = |gave_up: &OnGiveUp<'_, Fault>| tell(told, gave_up.support_case()),
)]
fn fetch_plain(told: &Told) -> Result<u32, Fault> {
    Err(fault(attempt.number()))
}

/// The case of a call that fails as often as it may.
fn case(call: impl FnOnce(&Told) -> Result<u32, Fault>) -> SupportCase {
    let told = Told::default();
    Scope::new().run_blocking(|| call(&told)).unwrap_err();
    told.into_inner().unwrap().expect("the hook was told")
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn json(case: &SupportCase) -> Value {
    serde_json::to_value(case).unwrap()
}

/// Without what another compiler or another line would change.
fn steady(case: &SupportCase) -> (String, Value) {
    let mut value = json(case);
    let compiler = value["compiler"].take();
    let place = value["place"].take();
    let reproduce = value["reproduce"].take();
    let mut text = case.to_string();
    for (unsteady, steady) in [(compiler, "COMPILER"), (place, "PLACE"), (reproduce, "REPRODUCE")] {
        let unsteady = unsteady.as_str().unwrap();
        assert!(!unsteady.is_empty());
        let escaped = unsteady.replace('_', "\\_");
        assert!(text.contains(unsteady) || text.contains(&escaped), "{unsteady}");
        text = text.replace(unsteady, steady).replace(&escaped, steady);
    }
    (text, value)
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[test]
fn has_all_that_is_known_as_markdown() {
    let case = case(fetch_plain);
    assert_eq!(
        json(&case)["reproduce"],
        "#[retry_on(Fault, when = |_| false, max = 3, jitter = none, attempt = attempt, \
         name = \"orders::fetch\", \
         on_give_up = |gave_up: &OnGiveUp<'_, Fault>| tell(told, gave_up.support_case()))]\n\
         fn fetch_plain(told: &Told) -> Result<u32, Fault> {\n    …\n}"
    );
    let (text, _) = steady(&case);
    let expected = format!(
        "\
# orders::fetch: `InternalError` ended the call

- **Function:** `orders::fetch` (PLACE)
- **Error:** `Fault`
- **Code:** `InternalError`
- **Message:** `busy, call 3`
- **Request ids:** `id-1`, `id-2`, `id-3`
- **Ended by:** `max_attempts` after 0.3 s
- **Policy:** at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting
- **Built with:** retry-tests-operations {VERSION}, retry-runtime {VERSION}, COMPILER

## Attempts

| attempt | failed at (UTC) | error | code | request id | pause after it |
|---|---|---|---|---|---|
| 1 | 1970-01-01T00:00:00.000Z | `Fault` | `InternalError` | `id-1` | 0.1 s |
| 2 | 1970-01-01T00:00:00.100Z | `Fault` | `InternalError` | `id-2` | 0.2 s |
| 3 | 1970-01-01T00:00:00.300Z | `Fault` | `InternalError` | `id-3` |  |

## Messages

- **Attempt 1:** `busy, call 1`
- **Attempt 2:** `busy, call 2`
- **Attempt 3:** `busy, call 3`

## To reproduce

```rust
REPRODUCE
```
"
    );
    assert_eq!(text, expected);
}

#[test]
fn has_what_the_server_asked_for() {
    let case = case(|told| {
        #[retry_on(
            Fault,
            max = 2,
            jitter = none,
            attempt = attempt,
            hint = |_| Some(Duration::from_millis(2500)),
            on_give_up = |gave_up: &OnGiveUp<'_, Fault>| tell(told, gave_up.support_case()),
        )]
        fn fetch(told: &Told) -> Result<u32, Fault> {
            Err(fault(attempt.number()))
        }

        fetch(told)
    });
    let text = case.to_string();
    let table: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(
        table,
        [
            "| attempt | failed at (UTC) | error | code | request id | asked to wait | pause after it |",
            "|---|---|---|---|---|---|---|",
            "| 1 | 1970-01-01T00:00:00.000Z | `Fault` | `InternalError` | `id-1` | 2.5 s | 2.5 s |",
            "| 2 | 1970-01-01T00:00:02.500Z | `Fault` | `InternalError` | `id-2` | 2.5 s |  |",
        ]
    );
    assert_eq!(json(&case)["attempts"][1]["hint_seconds"], json!(2.5));
}

#[test]
fn has_the_same_names_as_json_for_good() {
    let (_, value) = steady(&case(fetch_plain));
    let attempt = |number: u32, failed_at: &str, pause: Option<f64>| {
        json!({
            "number": number,
            "failed_at": failed_at,
            "pause_seconds": pause,
            "error_type": "Fault",
            "code": "InternalError",
            "request_id": format!("id-{number}"), "requests": 0, "hint_seconds": null,
            "error": format!("busy, call {number}"),
        })
    };
    assert_eq!(
        value,
        json!({
            "site": "orders::fetch",
            "place": null,
            "service": null,
            "operation": null,
            "error_type": "Fault",
            "code": "InternalError",
            "error": "busy, call 3",
            "request_ids": ["id-1", "id-2", "id-3"],
            "reason": "max_attempts",
            "elapsed_seconds": 0.3,
            "since_first_failure_seconds": null,
            "policy": "at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of \
                       waiting",
            "attempts": [
                attempt(1, "1970-01-01T00:00:00.000Z", Some(0.1)),
                attempt(2, "1970-01-01T00:00:00.100Z", Some(0.2)),
                attempt(3, "1970-01-01T00:00:00.300Z", None),
            ],
            "omitted_attempts": 0,
            "package": format!("retry-tests-operations {VERSION}"),
            "runtime": format!("retry-runtime {VERSION}"),
            "compiler": null,
            "reproduce": null,
            "links": [],
        })
    );
}

#[test]
fn can_be_asked_without_a_page() {
    let case = case(fetch_plain);
    assert_eq!((case.site(), case.error_type()), ("orders::fetch", "Fault"));
    assert_eq!((case.error(), case.reason()), ("busy, call 3", EndReason::MaxAttempts));
    assert_eq!(case.attempts(), 3);
}

#[test]
fn is_the_same_for_an_async_function() {
    let plain = steady(&case(fetch_plain));
    let asynchronous = steady(&case(|told| {
        let scope = Scope::new();
        wait(scope.run(fetch(told)))
    }));
    assert_eq!(asynchronous, plain);
}

#[test]
fn is_told_to_an_observer_as_to_a_hook() {
    struct Keeper;

    static KEPT: Told = Mutex::new(None);

    impl Observer for Keeper {
        fn observe(&self, event: &Event<'_>) {
            if event.site() == "observed::fetch" {
                match event.support_case() {
                    Some(case) => tell(&KEPT, case),
                    None => assert!(event.reason().is_none(), "{event:?}"),
                }
            }
        }
    }

    #[retry_on(
        Fault,
        max = 2,
        jitter = none,
        name = "observed::fetch",
        on_give_up = |gave_up: &OnGiveUp<'_, Fault>| tell(told, gave_up.support_case()),
    )]
    fn fetch(told: &Told) -> Result<u32, Fault> {
        Err(fault(1))
    }

    let _observer = retry_runtime::observe::add(Keeper);
    let of_the_hook = case(fetch);
    let of_the_observer = KEPT.lock().unwrap().take().expect("the observer was told");
    assert_eq!(of_the_observer.to_string(), of_the_hook.to_string());
    assert_eq!(of_the_observer.request_ids(), ["id-1"], "each id once");
}

#[test]
fn is_told_of_an_error_that_is_not_retried_too() {
    struct Keeper;

    static KEPT: Told = Mutex::new(None);

    impl Observer for Keeper {
        fn observe(&self, event: &Event<'_>) {
            if event.site() == "not retried" {
                tell(&KEPT, event.support_case().unwrap());
            }
        }
    }

    #[retry_on("Other", name = "not retried")]
    fn fetch() -> Result<u32, Fault> {
        Err(fault(1))
    }

    let _observer = retry_runtime::observe::add(Keeper);
    fetch().unwrap_err();
    let case = KEPT.lock().unwrap().take().unwrap();
    let value = json(&case);
    assert_eq!(
        (&value["reason"], &value["error_type"]),
        (&json!("not_retryable"), &json!("_OTHER"))
    );
    assert!(
        case.to_string().starts_with("# not retried: `InternalError` ended the call\n"),
        "{case}"
    );
}

#[test]
fn of_a_closure_knows_no_signature() {
    let told = Told::default();
    let policy = Policy::builder().max(2).build();
    let hook = |gave_up: &OnGiveUp<'_, Fault>| tell(&told, gave_up.support_case());
    let retry = Retry::new(&policy).error_codes().name("closure of a case").on_give_up(hook);
    let _scope = Scope::new().enter();
    retry.run_blocking(|| Err::<(), _>(fault(1))).unwrap_err();
    let case = told.lock().unwrap().take().unwrap();
    assert_eq!(case.code(), Some("InternalError"));
    let text = case.to_string();
    assert!(text.contains("```rust\nRetry::new(&policy).run(async || …)\n```"), "{text}");
    assert!(text.contains("- **Built with:** retry-runtime"), "{text}");
}

#[test]
fn without_a_code_and_an_id_has_no_empty_fields() {
    #[retry_on(_, max = 1, name = "bare", on_give_up = |gave_up| tell(told, gave_up.support_case()))]
    fn fetch(told: &Told) -> Result<u32, Fault> {
        Err(Fault::default())
    }

    let case = case(fetch);
    let text = case.to_string();
    assert!(text.starts_with("# bare: an error ended the call\n\n- **Function:**"), "{text}");
    for field in ["Code", "Request ids", "Service", "Operation", "Message"] {
        assert!(!text.contains(&format!("**{field}:**")), "{text}");
    }
    assert_eq!((case.service(), case.operation(), case.code()), (None, None, None));
    assert!(case.request_ids().is_empty());
}

mod a_long_call;
mod a_pause_that_is_the_end;
mod hostile_text;

#[tokio::test(start_paused = true)]
async fn tells_a_timeout_as_such() {
    #[retry_on(
        TimedOut,
        max = 2,
        timeout = "1s",
        name = "slow",
        on_give_up = |gave_up: &OnGiveUp<'_, TimedOut>| tell(told, gave_up.support_case()),
    )]
    async fn fetch(told: &Told) -> Result<u32, TimedOut> {
        std::future::pending().await
    }

    let told = Told::default();
    fetch(&told).await.unwrap_err();
    let text = told.into_inner().unwrap().unwrap().to_string();
    assert!(text.starts_with("# slow: `timeout` ended the call\n"), "{text}");
    assert!(text.contains("- **Message:** `slow: attempt 2 took longer than 1s`\n"), "{text}");
}

#[test]
fn tells_a_value_that_is_not_accepted() {
    #[retry_on(
        when_ok = |_| true,
        max = 2,
        name = "polled",
        on_give_up = |gave_up: &OnGiveUp<'_, Fault>| tell(told, gave_up.support_case()),
    )]
    fn poll(told: &Told) -> Result<u32, Fault> {
        Ok(1)
    }

    let told = Told::default();
    Scope::new().run_blocking(|| poll(&told)).unwrap();
    let text = told.into_inner().unwrap().unwrap().to_string();
    assert!(text.starts_with("# polled: `value` ended the call\n"), "{text}");
    assert!(text.contains("the value is not accepted"), "{text}");
}
