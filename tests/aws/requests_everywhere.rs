//! What is known of a failure arrives everywhere: the requests of an attempt are in logs, observers,
//! the record of a test, support cases and hooks.

use std::sync::Mutex;

use aws_sdk_amplify::Client;
use aws_sdk_amplify::error::SdkError;
use aws_sdk_amplify::operation::get_app::GetAppError;
use aws_sdk_amplify::types::error::InternalFailureException;
use retry_runtime::observe::{Event, Observer, OwnedEvent};
use retry_runtime::testing::Scope;
use retry_runtime::{Policy, aws, retry_on};
use retry_tests::Recorder;

use crate::server::Server;
use crate::services::{amplify_config, exception};

/// The requests of each event.
static OBSERVED: Mutex<Vec<Option<u32>>> = Mutex::new(Vec::new());

struct Requests;

impl Observer for Requests {
    fn observe(&self, event: &Event<'_>) {
        OBSERVED.lock().unwrap().push(event.requests());
    }
}

const POLICY: Policy = Policy::builder().max(2).without_budget().observer(&Requests).build();

#[derive(Default)]
struct Hooks {
    retries: Mutex<Vec<Option<u32>>>,
    gave_up: Mutex<Vec<Option<u32>>>,
    case: Mutex<String>,
}

#[retry_on(
    InternalFailureException,
    policy = &POLICY,
    on_retry = |retry| hooks.retries.lock().unwrap().push(retry.requests()),
    on_give_up = |gave_up| {
        hooks.gave_up.lock().unwrap().push(gave_up.requests());
        *hooks.case.lock().unwrap() = gave_up.support_case().to_string();
    },
)]
async fn get_app(client: &Client, hooks: &Hooks) -> Result<(), SdkError<GetAppError>> {
    client.get_app().app_id("d2abcexample").send().await.map(drop)
}

#[tokio::test]
async fn the_requests_of_an_attempt_arrive_everywhere() {
    let server = Server::start(vec![exception("500 -", "InternalFailureException")]).await;
    let client = Client::from_conf(
        amplify_config(server.endpoint()).interceptor(aws::CountRequests::new()).build(),
    );
    let (scope, recorder, hooks) = (Scope::new(), Recorder::start(), Hooks::default());

    scope.run(get_app(&client, &hooks)).await.unwrap_err();

    assert_eq!(server.requests(), 6, "the SDK makes three for each attempt");
    let logged: Vec<String> = recorder
        .events()
        .iter()
        .filter(|event| event.field("error.type").is_some())
        .map(|event| event.field("requests").unwrap_or("-").to_owned())
        .collect();
    assert_eq!(logged, ["3", "3"], "logs");
    assert_eq!(*OBSERVED.lock().unwrap(), [Some(3), Some(3)], "observers");
    let in_test: Vec<_> = scope.events().iter().map(OwnedEvent::requests).collect();
    assert_eq!(in_test, [Some(3), Some(3)], "the record of the test");
    assert_eq!(*hooks.retries.lock().unwrap(), [Some(3)], "on_retry");
    assert_eq!(*hooks.gave_up.lock().unwrap(), [Some(3)], "on_give_up");
    let case = hooks.case.lock().unwrap().clone();
    let head =
        "| attempt | failed at (UTC) | error | code | request id | requests | pause after it |";
    assert!(case.lines().any(|line| line == head), "{case}");
    let rows: Vec<&str> = case.lines().filter(|line| line.contains("| 3 |")).collect();
    assert_eq!(rows.len(), 2, "{case}");
}
