//! A report on a failed call, with everything that a support team asks for.

mod markdown;

use core::time::Duration;
use std::time::SystemTime;

use crate::error::failure::FailureRecord;
use crate::error::mask;
use crate::observe::event::{Event, Moment};
use crate::observe::history::History;
use crate::observe::history::kept::KeptAttempt;
use crate::reason::EndReason;

/// A report for AWS Support, or for the team that runs the service. It contains the error with its code
/// and message, every attempt with its time, pause and request id, the policy of the call, and the
/// code to reproduce it.
///
/// `Display` prints Markdown that can be pasted into a ticket. With the feature `serde`, `Serialize`
/// gives the same as data: `site`, `place`, `service`, `operation`, `error_type`, `code`, `error`,
/// `request_ids`, `reason`, `elapsed_seconds` or `since_first_failure_seconds`, `policy`, `attempts`,
/// `omitted_attempts`, `package`, `runtime`, `compiler`, `reproduce`, `links`.
///
/// A report comes from [`OnGiveUp::support_case`](crate::OnGiveUp::support_case) or
/// [`Event::support_case`].
///
/// Text that looks like a credential (AWS keys, bearer tokens, passwords in URLs, signatures) is
/// replaced by `[masked]`. The arguments of the function are not included. A call with many attempts is
/// cut to the first three and the last five, and a long message to its first 2,000 characters. Read the
/// report before you send it, because a secret that looks like an ordinary word is not masked.
///
/// The report is made on the thread of the failed call. This takes up to ten milliseconds if its
/// messages are long and all different. If many calls fail, make it for a few of them, and render and
/// send it in a separate task: a `SupportCase` is `Send` and borrows nothing.
///
/// ```
/// use retry_runtime::{OnGiveUp, retry_on};
/// # use std::sync::Mutex;
/// # static CASE: Mutex<String> = Mutex::new(String::new());
///
/// fn report(gave_up: &OnGiveUp<'_, String>) {
///     println!("{}", gave_up.support_case());
/// #   *CASE.lock().unwrap() = gave_up.support_case().to_string();
/// }
///
/// #[retry_on(_, delay = "0ms", name = "orders", on_give_up = report)]
/// fn order() -> Result<(), String> {
///     Err("cannot reach https://shop:hunter2@example.com/".into())
/// }
///
/// order().unwrap_err();
/// # let case = CASE.lock().unwrap();
/// # assert!(case.contains("| 3 |") && !case.contains("hunter2"), "{case}");
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SupportCase {
    site: &'static str,
    place: String,
    service: Option<String>,
    operation: Option<String>,
    error_type: &'static str,
    code: Option<String>,
    error: String,
    request_ids: Vec<String>,
    #[cfg_attr(feature = "serde", serde(serialize_with = "as_word"))]
    reason: EndReason,
    elapsed_seconds: Option<f64>,
    since_first_failure_seconds: Option<f64>,
    policy: String,
    attempts: Vec<CaseAttempt>,
    /// How many attempts are left out after the first three.
    omitted_attempts: u32,
    package: Option<String>,
    runtime: &'static str,
    compiler: &'static str,
    reproduce: String,
    links: Vec<Link>,
}

/// One failed attempt.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct CaseAttempt {
    number: u32,
    /// When it failed, in UTC (RFC 3339).
    failed_at: String,
    /// The pause that followed.
    pause_seconds: Option<f64>,
    #[cfg_attr(feature = "serde", serde(flatten))]
    failure: FailureRecord,
}

#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Link {
    name: &'static str,
    url: &'static str,
}

impl Event<'_> {
    /// Returns a report for a support team. `None` if the call goes on or succeeded.
    #[must_use]
    pub fn support_case(&self) -> Option<SupportCase> {
        let reason = self.reason()?;
        Some(SupportCase::new(self.moment, reason, self.history))
    }
}

impl SupportCase {
    pub(crate) fn new(moment: Moment<'_>, reason: EndReason, history: &History) -> Self {
        let Moment { site, policy, elapsed, .. } = moment;
        let (attempts, omitted_attempts) = history.attempts();
        let attempts: Vec<CaseAttempt> = attempts.into_iter().map(CaseAttempt::from).collect();
        let last = attempts.last().map(|attempt| attempt.failure.clone());
        let mut request_ids: Vec<String> = Vec::new();
        for id in attempts.iter().filter_map(|attempt| attempt.failure.request_id.as_ref()) {
            if !request_ids.contains(id) {
                request_ids.push(id.clone());
            }
        }
        let (service, operation) = service_and_operation(history.type_name());
        let links = links(service.as_deref());
        Self {
            site: site.name(),
            place: format!("{}:{}", site.file, site.line),
            service,
            operation,
            error_type: last.as_ref().map_or("_OTHER", |last| last.facts.error_type),
            code: last.as_ref().and_then(|last| last.code.clone()),
            error: last.map(|last| last.error).unwrap_or_default(),
            request_ids,
            reason,
            elapsed_seconds: elapsed.since_start().map(seconds),
            since_first_failure_seconds: elapsed.since_first_failure().map(seconds),
            policy: policy.plan(site.has_hint).to_string(),
            attempts,
            omitted_attempts,
            package: match site.package {
                (Some(name), Some(version)) => Some(format!("{name} {version}")),
                _ => None,
            },
            runtime: concat!("retry-runtime ", env!("CARGO_PKG_VERSION")),
            compiler: env!("RETRY_RUNTIME_COMPILER"),
            reproduce: snippet(site.attribute, site.signature),
            links,
        }
    }

    /// Returns the name of the function: its path, or the `name` in its attribute.
    #[must_use]
    pub fn site(&self) -> &'static str {
        self.site
    }

    /// Returns the selector that the last error matched, as in events; `_OTHER` if none matched.
    #[must_use]
    pub fn error_type(&self) -> &'static str {
        self.error_type
    }

    /// Returns the text of the last error with its sources, without credentials.
    #[must_use]
    pub fn error(&self) -> &str {
        &self.error
    }

    /// Returns why the call ended.
    #[must_use]
    pub fn reason(&self) -> EndReason {
        self.reason
    }

    /// Returns how many attempts failed, including those that are left out.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts.last().map_or(0, |last| last.number)
    }

    /// Returns the service that was called, such as `backupgateway`, if the error is from the AWS SDK.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    /// Returns the operation that was called, such as `GetGateway`, if the error is from the AWS SDK.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// Returns the code of the last error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns the ids of the failed requests, except those of attempts that are left out.
    #[must_use]
    pub fn request_ids(&self) -> &[String] {
        &self.request_ids
    }
}

impl From<KeptAttempt> for CaseAttempt {
    fn from(attempt: KeptAttempt) -> Self {
        let mut failure = attempt.failure;
        let texts = [Some(&mut failure.error), failure.code.as_mut(), failure.request_id.as_mut()];
        texts.into_iter().flatten().for_each(cut);
        Self {
            number: attempt.number,
            failed_at: rfc3339(attempt.failed_at),
            pause_seconds: attempt.pause.map(seconds),
            failure,
        }
    }
}

#[cfg(feature = "serde")]
fn as_word<S: serde::Serializer>(
    word: &impl core::fmt::Display,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(word)
}

/// Cuts a text to a page.
fn cut(text: &mut String) {
    const LONGEST: usize = 2_000;
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
}

fn rfc3339(time: SystemTime) -> String {
    humantime::format_rfc3339_millis(time).to_string()
}

/// Rounded to microseconds.
fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e6
}

/// Reads both from the type of an SDK error: `aws_sdk_backupgateway::operation::get_gateway::GetGatewayError`.
fn service_and_operation(type_name: &str) -> (Option<String>, Option<String>) {
    let Some((_, path)) = type_name.split_once("aws_sdk_") else { return (None, None) };
    let service = path.split("::").next().map(str::to_owned);
    let operation = path
        .split_once("::operation::")
        .and_then(|(_, path)| path.split("::").nth(1))
        .map(|name| name.trim_end_matches(|letter: char| !letter.is_alphanumeric()))
        .and_then(|name| name.split(|letter: char| !letter.is_alphanumeric()).next())
        .and_then(|name| name.strip_suffix("Error"))
        .map(str::to_owned);
    (service, operation)
}

/// Pages to read before opening a case, and the page to open it.
fn links(service: Option<&str>) -> Vec<Link> {
    let Some(service) = service else { return Vec::new() };
    let health =
        Link { name: "AWS Health Dashboard", url: "https://health.aws.amazon.com/health/status" };
    let troubleshooting = match service {
        "backup" | "backupgateway" => Link {
            name: "Troubleshooting AWS Backup",
            url: "https://docs.aws.amazon.com/aws-backup/latest/devguide/troubleshooting.html",
        },
        "amplify" => Link {
            name: "Troubleshooting AWS Amplify",
            url: "https://docs.aws.amazon.com/amplify/latest/userguide/troubleshooting.html",
        },
        "dynamodb" => Link {
            name: "Troubleshooting Amazon DynamoDB",
            url: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Troubleshooting.html",
        },
        "s3" => Link {
            name: "Troubleshooting Amazon S3",
            url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshooting.html",
        },
        "lambda" => Link {
            name: "Troubleshooting AWS Lambda",
            url: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-troubleshooting.html",
        },
        _ => Link {
            name: "AWS re:Post Knowledge Center",
            url: "https://repost.aws/knowledge-center",
        },
    };
    let case = Link {
        name: "Open a case",
        url: "https://console.aws.amazon.com/support/home#/case/create",
    };
    vec![health, troubleshooting, case]
}

/// The function with its attribute, as in the source, without the body.
fn snippet(attribute: &str, signature: &str) -> String {
    if signature.is_empty() {
        return "Retry::new(&policy).run(async || …)".to_owned();
    }
    // A closure in the attribute may contain a password.
    let attribute = on_one_line(attribute);
    let attribute = mask::masked(&attribute);
    let attribute = attribute.trim_end_matches(',');
    format!("#[retry_on({attribute})]\n{} {{\n    …\n}}", tidied(signature))
}

/// Formats a signature as usual: the compiler puts spaces between the tokens that a macro passes on.
fn tidied(signature: &str) -> String {
    const TIDY: [(&str, &str); 13] = [
        (" :: ", "::"),
        (":: ", "::"),
        (" : ", ": "),
        ("& ", "&"),
        ("? ", "?"),
        (" < ", "<"),
        ("< ", "<"),
        (" <", "<"),
        (" >", ">"),
        (" ,", ","),
        (" ;", ";"),
        (" (", "("),
        (" )", ")"),
    ];
    let signature = on_one_line(signature).replace(",)", ")");
    // The space after an arrow must stay.
    let words = TIDY
        .into_iter()
        .fold(signature.replace("-> (", "->("), |text, (spaced, tidy)| text.replace(spaced, tidy));
    words.replace("->(", "-> (")
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_reads_as_it_was_written() {
        for (signature, expected) in [
            (
                "async fn fetch(& self, key : & str) -> Result < Item, ApiError >",
                "async fn fetch(&self, key: &str) -> Result<Item, ApiError>",
            ),
            (
                "pub fn get < 'a, T : Clone + ? Sized, const N : usize >(x : & 'a mut [T ; N]) -> io :: Result < () > where T : 'a",
                "pub fn get<'a, T: Clone + ?Sized, const N: usize>(x: &'a mut [T; N]) -> io::Result<()> where T: 'a",
            ),
            (
                "fn f(g : impl Fn(u32) -> u32) -> (u32, u32)",
                "fn f(g: impl Fn(u32) -> u32) -> (u32, u32)",
            ),
            (
                "async fn fetch(&self, key: &str) -> Result<Item, ApiError>",
                "async fn fetch(&self, key: &str) -> Result<Item, ApiError>",
            ),
        ] {
            assert_eq!(tidied(signature), expected);
        }
    }

    #[test]
    fn the_type_of_an_error_of_the_sdk_names_service_and_operation() {
        let named = |name| {
            let (service, operation) = service_and_operation(name);
            (service.unwrap_or_default(), operation.unwrap_or_default())
        };
        let both = |service: &str, operation: &str| (service.to_owned(), operation.to_owned());
        assert_eq!(
            named(
                "aws_smithy_runtime_api::client::result::SdkError<aws_sdk_backupgateway::operation::\
                 get_gateway::GetGatewayError, aws_smithy_runtime_api::http::response::Response>"
            ),
            both("backupgateway", "GetGateway"),
        );
        assert_eq!(
            named("aws_sdk_amplify::operation::get_app::GetAppError"),
            both("amplify", "GetApp"),
        );
        assert_eq!(named("aws_sdk_amplify::error_meta::Error"), both("amplify", ""));
        assert_eq!(named("std::io::error::Error"), both("", ""));
        for odd in ["aws_sdk_", "aws_sdk_s3::operation::", "aws_sdk_s3::operation::x::<>"] {
            let _ = named(odd);
        }
    }

    #[test]
    fn the_snippet_is_the_text_of_the_source() {
        assert_eq!(
            snippet(
                "Busy, \"SlowDown\", max = 5,",
                "async fn\nfetch(key: &str,)\n-> Result<Item, Error>"
            ),
            "#[retry_on(Busy, \"SlowDown\", max = 5)]\n\
             async fn fetch(key: &str) -> Result<Item, Error> {\n    …\n}"
        );
        assert_eq!(
            snippet("_, when = |it| it.password == \"hunter2\"", "fn f() -> Result<(), E>"),
            "#[retry_on(_, when = |it| it.password == \"[masked]\")]\n\
             fn f() -> Result<(), E> {\n    …\n}"
        );
        assert_eq!(snippet("", ""), "Retry::new(&policy).run(async || …)");
    }
}
