//! What a support case tells, and what it must not.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use proptest::prelude::*;
use pulldown_cmark::{Event as Piece, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use retry_runtime::testing::Scope;
use retry_runtime::{
    ErrorCode, Event, GaveUp, Observer, Policy, Reason, Retry, Stop, SupportCase, TimedOut,
    retry_on,
};
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
        code: Some("SlowDown".to_owned()),
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
    on_give_up = |gave_up: &GaveUp<'_, Fault>| tell(told, gave_up.support_case()),
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
    on_give_up = |gave_up: &GaveUp<'_, Fault>| tell(told, gave_up.support_case()),
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
         on_give_up = |gave_up: &GaveUp<'_, Fault>| tell(told, gave_up.support_case()))]\n\
         fn fetch_plain(told: &Told) -> Result<u32, Fault> {\n    …\n}"
    );
    let (text, _) = steady(&case);
    let expected = format!(
        "\
# orders::fetch: SlowDown does not pass

- **Function:** `orders::fetch` (PLACE)
- **Error:** `Fault`
- **Code:** `SlowDown`
- **Message:** busy, call 3
- **Request ids:** `id-1`, `id-2`, `id-3`
- **Ended by:** `max_attempts` after 0.3 s
- **Retried:** at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting
- **Built with:** retry-tests-operations {VERSION}, retry-runtime {VERSION}, COMPILER

## Attempts

| attempt | failed at (UTC) | error | code | request id | pause after it |
|---|---|---|---|---|---|
| 1 | 1970-01-01T00:00:00.000Z | `Fault` | `SlowDown` | `id-1` | 0.1 s |
| 2 | 1970-01-01T00:00:00.100Z | `Fault` | `SlowDown` | `id-2` | 0.2 s |
| 3 | 1970-01-01T00:00:00.300Z | `Fault` | `SlowDown` | `id-3` |  |

## Messages

- **Attempt 1:** busy, call 1
- **Attempt 2:** busy, call 2
- **Attempt 3:** busy, call 3

## To reproduce

```rust
REPRODUCE
```
"
    );
    assert_eq!(text, expected);
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
            "code": "SlowDown",
            "request_id": format!("id-{number}"),
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
            "code": "SlowDown",
            "error": "busy, call 3",
            "request_ids": ["id-1", "id-2", "id-3"],
            "reason": "max_attempts",
            "elapsed_seconds": 0.3,
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
    assert_eq!((case.error(), case.reason()), ("busy, call 3", Reason::MaxAttempts));
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
        on_give_up = |gave_up: &GaveUp<'_, Fault>| tell(told, gave_up.support_case()),
    )]
    fn fetch(told: &Told) -> Result<u32, Fault> {
        Err(fault(1))
    }

    let _observer = retry_runtime::add_observer(Keeper);
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

    let _observer = retry_runtime::add_observer(Keeper);
    fetch().unwrap_err();
    let case = KEPT.lock().unwrap().take().unwrap();
    let value = json(&case);
    assert_eq!(
        (&value["reason"], &value["error_type"]),
        (&json!("not_retryable"), &json!("_OTHER"))
    );
    assert!(case.to_string().starts_with("# not retried: SlowDown does not pass\n"), "{case}");
}

#[test]
fn of_a_closure_knows_no_signature() {
    let told = Told::default();
    let policy = Policy::builder().max(2).build().unwrap();
    let hook = |gave_up: &GaveUp<'_, Fault>| tell(&told, gave_up.support_case());
    let retry = Retry::new(&policy).codes().name("closure of a case").on_give_up(&hook);
    let _scope = Scope::new().enter();
    retry.run_blocking(|| Err::<(), _>(fault(1))).unwrap_err();
    let case = told.lock().unwrap().take().unwrap();
    assert_eq!(case.code(), Some("SlowDown"));
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
    assert!(text.starts_with("# bare: an error does not pass\n\n- **Function:**"), "{text}");
    for field in ["Code", "Request ids", "Service", "Operation", "Message"] {
        assert!(!text.contains(&format!("**{field}:**")), "{text}");
    }
    assert_eq!((case.service(), case.operation(), case.code()), (None, None, None));
    assert!(case.request_ids().is_empty());
}

mod a_long_call {
    use super::*;

    #[retry_on(
        Fault,
        max = 20,
        factor = 1,
        jitter = none,
        budget = none,
        attempt = attempt,
        name = "long",
        on_give_up = |gave_up| tell(told, gave_up.support_case()),
    )]
    fn fetch(told: &Told, last: u32) -> Result<u32, Fault> {
        if attempt.number() > last { Err(Fault::default()) } else { Err(fault(attempt.number())) }
    }

    #[test]
    fn has_its_first_three_and_its_last_five_attempts_and_says_so() {
        let case = case(|told| fetch(told, 20));
        let value = json(&case);
        let numbers: Vec<_> = value["attempts"].as_array().unwrap().iter().collect();
        let numbers: Vec<_> = numbers.iter().map(|it| it["number"].as_u64().unwrap()).collect();
        assert_eq!(numbers, [1, 2, 3, 16, 17, 18, 19, 20]);
        assert_eq!(value["omitted_attempts"], 12);
        assert_eq!(case.attempts(), 20);
        assert_eq!(case.request_ids().len(), 8);
        let text = case.to_string();
        let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| ")).collect();
        assert_eq!(rows.len(), 1 + 9, "{text}");
        assert!(rows[3].starts_with("| 3 | 1970-01-01T00:00:00.200Z |"), "{text}");
        assert_eq!(rows[4], "| … | 12 attempts left out | | | | |");
        assert!(rows[5].starts_with("| 16 | 1970-01-01T00:00:01.500Z |"), "{text}");
        assert!(text.contains("- **Attempt 16:** busy, call 16"), "{text}");
    }

    #[test]
    fn of_eight_attempts_has_no_gap() {
        #[retry_on(
            Fault,
            max = 8,
            jitter = none,
            name = "eight",
            on_give_up = |gave_up| tell(told, gave_up.support_case()),
        )]
        fn eight(told: &Told) -> Result<u32, Fault> {
            Err(fault(1))
        }

        let text = case(eight).to_string();
        assert!(!text.contains("left out"), "{text}");
        assert_eq!(text.matches("**Attempt ").count(), 1, "the same text is told once: {text}");
    }
}

mod a_pause_that_is_the_end {
    use super::*;

    fn assert_complete(case: &SupportCase, reason: Reason) {
        let value = json(case);
        assert_eq!(value["reason"], reason.as_str());
        // The pause before the attempt that did not start is told as well.
        let attempts = value["attempts"].as_array().unwrap();
        let pauses: Vec<_> = attempts.iter().map(|attempt| &attempt["pause_seconds"]).collect();
        assert_eq!(pauses, [0.1, 0.2]);
        assert_eq!(case.code(), Some("SlowDown"));
        assert_eq!(case.request_ids(), ["id-1", "id-2"]);
        assert_eq!(value["error"], "busy, call 2");
    }

    /// Requested by a hook, so that it falls into the pause.
    #[test]
    fn by_a_stop_has_all_attempts() {
        #[retry_on(
            Fault,
            jitter = none,
            attempt = attempt,
            on_retry = |retry| if retry.attempt() == 2 { stop.request() },
            on_give_up = |gave_up| tell(told, gave_up.support_case()),
        )]
        async fn fetch(told: &Told, stop: &Stop) -> Result<u32, Fault> {
            Err(fault(attempt.number()))
        }

        #[retry_on(
            Fault,
            jitter = none,
            attempt = attempt,
            on_retry = |retry| if retry.attempt() == 2 { stop.request() },
            on_give_up = |gave_up| tell(told, gave_up.support_case()),
        )]
        fn fetch_plain(told: &Told, stop: &Stop) -> Result<u32, Fault> {
            Err(fault(attempt.number()))
        }

        let stop = Stop::new();
        let stopped = case(|told| stop.scope_blocking(|| fetch_plain(told, &stop)));
        assert_complete(&stopped, Reason::Stopped);
        let stop = Stop::new();
        let stopped = case(|told| {
            let scope = Scope::new();
            wait(scope.run(stop.scope(fetch(told, &stop))))
        });
        assert_complete(&stopped, Reason::Stopped);
    }

    /// The hook takes longer than the deadline allows.
    #[test]
    fn by_the_deadline_has_all_attempts() {
        #[retry_on(
            Fault,
            jitter = none,
            deadline = "1s",
            attempt = attempt,
            on_retry = |retry| if retry.attempt() == 2 { scope.advance(Duration::from_secs(2)) },
            on_give_up = |gave_up| tell(told, gave_up.support_case()),
        )]
        fn fetch(told: &Told, scope: &Scope) -> Result<u32, Fault> {
            Err(fault(attempt.number()))
        }

        let (told, scope) = (Told::default(), Scope::new());
        scope.run_blocking(|| fetch(&told, &scope)).unwrap_err();
        let case = told.into_inner().unwrap().unwrap();
        assert_complete(&case, Reason::Deadline);
        assert_eq!(json(&case)["elapsed_seconds"], 2.3);
    }
}

#[tokio::test(start_paused = true)]
async fn tells_a_timeout_as_such() {
    #[retry_on(
        TimedOut,
        max = 2,
        timeout = "1s",
        name = "slow",
        on_give_up = |gave_up: &GaveUp<'_, TimedOut>| tell(told, gave_up.support_case()),
    )]
    async fn fetch(told: &Told) -> Result<u32, TimedOut> {
        std::future::pending().await
    }

    let told = Told::default();
    fetch(&told).await.unwrap_err();
    let text = told.into_inner().unwrap().unwrap().to_string();
    assert!(text.starts_with("# slow: timeout does not pass\n"), "{text}");
    assert!(text.contains("- **Message:** slow: attempt 2 took longer than 1s\n"), "{text}");
}

#[test]
fn tells_a_value_that_is_not_accepted() {
    #[retry_on(
        ok = |_| true,
        max = 2,
        name = "polled",
        on_give_up = |gave_up: &GaveUp<'_, Fault>| tell(told, gave_up.support_case()),
    )]
    fn poll(told: &Told) -> Result<u32, Fault> {
        Ok(1)
    }

    let told = Told::default();
    Scope::new().run_blocking(|| poll(&told)).unwrap();
    let text = told.into_inner().unwrap().unwrap().to_string();
    assert!(text.starts_with("# polled: ok does not pass\n"), "{text}");
    assert!(text.contains("the value is not accepted"), "{text}");
}

#[retry_on(
    Fault,
    max = 2,
    jitter = none,
    budget = none,
    name = "hostile::fetch",
    on_give_up = |gave_up: &GaveUp<'_, Fault>| tell(told, gave_up.support_case()),
)]
fn hostile(told: &Told, fault: &Fault) -> Result<u32, Fault> {
    Err(fault.clone())
}

#[test]
fn masks_secrets_wherever_they_stand() {
    const SECRETS: [&str; 6] = [
        "hunter2",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "0123-abcd",
        "two words",
    ];
    let case = case(|told| {
        let fault = Fault {
            text: "https://me:hunter2@host AKIAIOSFODNN7EXAMPLE \
                   wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY {\"password\": \"two words\"}"
                .to_owned(),
            code: Some("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln".to_owned()),
            request_id: Some("id?api_key=0123-abcd".to_owned()),
        };
        hostile(told, &fault)
    });
    for shown in [case.to_string(), json(&case).to_string(), format!("{case:?}")] {
        for secret in SECRETS {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
    assert_eq!(case.code(), Some("Bearer [masked]"));
    assert_eq!(case.request_ids(), ["id?api_key=[masked]"]);
    assert_eq!(
        json(&case)["error"],
        "https://[masked]@host [masked] [masked] {\"password\": \"[masked]\"}"
    );
}

#[test]
fn bounds_every_text() {
    let long = |letter: &str| letter.repeat(10_000);
    let case = case(|told| {
        // A secret over the end of what is shown.
        let text = format!("{}{}", "ä ".repeat(990), "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        let fault = Fault {
            text: format!("{text} {}", long("x ")),
            code: Some(long("C")),
            request_id: Some(long("i")),
        };
        hostile(told, &fault)
    });
    let value = json(&case);
    for text in [&value["error"], &value["code"], &value["request_ids"][0]] {
        let text = text.as_str().unwrap();
        assert_eq!((text.chars().count(), text.ends_with('…')), (2_001, true), "{text}");
    }
    assert!(!value["error"].as_str().unwrap().contains("wJalr"));
    assert!(value["error"].as_str().unwrap().contains("[masked] x x"));
    assert!(case.to_string().len() < 40_000);
}

/// What stands at the end of the kept text moves up when a long secret before it is masked.
#[test]
fn shows_no_half_of_a_secret_behind_a_long_one() {
    let case = case(|told| {
        let text = format!("password={} {}", "p".repeat(3_500), "x ".repeat(235));
        let fault = Fault {
            text: format!("{text}wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            ..Fault::default()
        };
        hostile(told, &fault)
    });
    assert!(case.error().starts_with("password=[masked] x x"), "{}", case.error());
    assert!(!case.error().contains("wJalr"), "{}", case.error());
}

#[test]
fn masks_a_literal_of_the_attribute() {
    #[retry_on(
        Fault,
        when = |fault| { let password = "hunter2"; fault.text != password },
        max = 1,
        on_give_up = |gave_up: &GaveUp<'_, Fault>| tell(told, gave_up.support_case()),
    )]
    fn fetch(told: &Told) -> Result<u32, Fault> {
        Err(fault(1))
    }

    let text = case(fetch).to_string();
    assert!(text.contains("password = \"[masked]\"") && !text.contains("hunter2"), "{text}");
}

/// What a reader of the Markdown sees of its structure.
#[derive(Debug, Default, PartialEq)]
struct Shape {
    headings: Vec<(HeadingLevel, String)>,
    rows: usize,
    items: usize,
    /// Whatever else there is, by its kind.
    kinds: BTreeSet<String>,
}

fn shape(markdown: &str) -> Shape {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH;
    let mut shape = Shape::default();
    let mut heading: Option<String> = None;
    for piece in Parser::new_ext(markdown, options) {
        match piece {
            Piece::Start(tag) => {
                match &tag {
                    Tag::Heading { .. } => heading = Some(String::new()),
                    Tag::TableRow => shape.rows += 1,
                    Tag::Item => shape.items += 1,
                    _ => {}
                }
                let kind = format!("{tag:?}");
                shape.kinds.insert(kind.split([' ', '(']).next().unwrap_or_default().to_owned());
            }
            Piece::End(TagEnd::Heading(level)) => {
                shape.headings.push((level, heading.take().unwrap_or_default()));
            }
            Piece::Text(text) | Piece::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Piece::End(_) | Piece::SoftBreak => {}
            other => {
                shape.kinds.insert(format!("{other:?}"));
            }
        }
    }
    shape
}

/// The headings but the first, the rows and the items are those of a harmless error.
fn assert_harmless(fault: &Fault) {
    let harmless = Fault {
        text: "busy".to_owned(),
        code: fault.code.is_some().then(|| "SlowDown".to_owned()),
        request_id: fault.request_id.is_some().then(|| "id".to_owned()),
    };
    let markdown = case(|told| hostile(told, fault)).to_string();
    let mut seen = shape(&markdown);
    let mut expected = shape(&case(|told| hostile(told, &harmless)).to_string());
    assert_eq!(seen.headings.len(), 4, "{markdown}");
    let title = seen.headings.remove(0).1;
    assert!(title.ends_with(" does not pass"), "{title:?}: {markdown}");
    expected.headings.remove(0);
    if fault.text.trim().is_empty() {
        expected.items = seen.items;
    }
    assert_eq!(seen, expected, "{markdown}");
}

#[test]
fn no_text_of_an_error_can_break_out() {
    for text in [
        "| a | b |\n|---|---|\n| c | d |",
        "\n# heading\n",
        "heading\n===\n",
        "- - -",
        "---",
        "    code",
        "```rust\n",
        "~~~",
        "1. one\n2. two",
        "+ a",
        "- [ ] task",
        "> quoted",
        "<script>alert(1)</script>",
        "<!--",
        "&lt;b&gt; &#35;",
        "[link](https://example.com)",
        "![image](https://example.com/x.png)",
        "[^1]: note",
        "[a]: https://example.com",
        "<https://example.com>",
        "*a* _b_ **c** ~~d~~ `e` $f$ $$g$$",
        "ends with \\",
        "\\| \\` ``` ` |",
        "\u{2028}# a\u{85}# b\r# c\u{b}",
        "`|`|`",
        "</code></td></tr></table>",
    ] {
        let fault = |text: &str| Some(text.to_owned());
        assert_harmless(&Fault { text: text.to_owned(), ..Fault::default() });
        assert_harmless(&Fault {
            text: text.to_owned(),
            code: fault(text),
            request_id: fault(text),
        });
    }
}

/// It reads as it was written, also where it looks like Markdown.
#[test]
fn the_text_of_an_error_is_shown_as_it_is() {
    const TEXT: &str = "a | b * c _d_ `e` <f> [g](h) # & &amp; ~~i~~ $j$ \\k \\| \\&lt; end";
    let fault = Fault { text: TEXT.to_owned(), ..Fault::default() };
    let markdown = case(|told| hostile(told, &fault)).to_string();
    let mut page = String::new();
    html::push_html(&mut page, Parser::new_ext(&markdown, Options::all()));
    let escaped = TEXT.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    assert_eq!(page.matches(&escaped).count(), 2, "{page}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_error_says_the_page_has_the_same_shape(
        text in any::<String>(),
        code in proptest::option::of("[ -~\u{a0}-\u{ff}\n|`]{1,20}"),
        request_id in proptest::option::of(any::<String>().prop_filter("empty", |id| !id.is_empty())),
    ) {
        assert_harmless(&Fault { text, code, request_id });
    }

    /// Markdown's own letters are rare among all of Unicode.
    #[test]
    fn whatever_markdown_the_error_says_the_page_has_the_same_shape(
        text in "[-\\\\`*_{}\\[\\]()#+.!|<>~=$&:;^\"' \t\r\na1]{0,60}",
        code in proptest::option::of("[-\\\\`*_\\[\\]()#|<>~=$& \na1]{1,20}"),
        request_id in proptest::option::of("[-\\\\`*_\\[\\]()#|<>~=$& \na1]{1,20}"),
    ) {
        assert_harmless(&Fault { text, code, request_id });
    }
}
