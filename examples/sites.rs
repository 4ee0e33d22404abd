//! All annotated functions of a service, with what happened to their calls, over HTTP; and settings
//! that are changed while it runs.
//!
//! ```text
//! cargo run -p retry-examples --features operations --example sites
//! ```
//!
//! `GET /retries` returns JSON, or a table when plain text is asked for. `PUT /retries` takes settings
//! in the format of the file of `retry_runtime::overrides`. They replace those of the `PUT` before,
//! for this process. If a key or a value is wrong, none is set. At the start, `RETRY_ON` does the
//! same: `RETRY_ON='shop::order(max = 5)'`, or in an incident `RETRY_ON=off`.
//!
//! Expect the table after four calls, a refusal, an acceptance, and the JSON of the function whose
//! call the new setting saved:
//!
//! ```text
//! site          retries  recovered  gave up  not retried      budget  place
//! shop::find          3          2        0            0  495 of 500  examples/sites.rs:54
//!   on ShopError::Busy: at most 3 calls: 1 + 2 retries; pauses up to 10 ms, 20 ms; at most 30 ms of waiting
//! …
//! 400 Bad Request: malformed retry settings in PUT /retries: ["shop::order"]: unknown field `mxa`, expected one of `enabled`, `max`, …
//! 204 No Content
//! {
//!   "budget": { "available": 480, "capacity": 500, "kind": "own" },
//!   "ended": { "max_attempts": 1, … },
//!   "gave_up": 1,
//!   "policy": "at most 5 calls: 1 + 4 retries; …",
//!   …
//! }
//! ```

use std::error::Error;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header::ACCEPT};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use retry_runtime::{TimedOut, overrides, retry_on};
use serde_json::Value;
use tokio::net::TcpListener;

#[derive(Debug, thiserror::Error)]
enum ShopError {
    #[error("busy")]
    Busy,
    #[error("slow")]
    Slow,
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

/// Fails this many times, then succeeds.
#[retry_on(ShopError::Busy, max = 3, delay = "10ms", name = "shop::find")]
async fn find(failures: &mut u32) -> Result<&'static str, ShopError> {
    answer(failures, ShopError::Busy)
}

#[retry_on(ShopError::Busy | ShopError::Slow, max = 3, delay = "10ms", name = "shop::order")]
async fn order(failures: &mut u32) -> Result<&'static str, ShopError> {
    answer(failures, ShopError::Slow)
}

/// It is not called, but it is listed: the feature `registry` knows every function of the program.
#[retry_on(ShopError::Busy, max = 2, deadline = "1s", name = "shop::refund")]
async fn refund() -> Result<&'static str, ShopError> {
    Ok("paid back")
}

fn answer(failures: &mut u32, error: ShopError) -> Result<&'static str, ShopError> {
    let is_over = *failures == 0;
    *failures = failures.saturating_sub(1);
    if is_over { Ok("done") } else { Err(error) }
}

/// `GET /retries`
async fn retries(headers: HeaderMap) -> Response {
    let sites = retry_runtime::sites();
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepted.starts_with("text/plain") {
        sites.to_string().into_response()
    } else {
        Json(sites).into_response()
    }
}

/// `PUT /retries`. A real service decides who may do that.
async fn set(settings: String) -> Result<StatusCode, (StatusCode, String)> {
    overrides::load_toml(&settings, "PUT /retries").map(|()| StatusCode::NO_CONTENT).map_err(
        |error| {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            (StatusCode::BAD_REQUEST, format!("{error}{cause}"))
        },
    )
}

/// `GET /shop/{action}/{failures}`
async fn shop(Path((action, mut failures)): Path<(String, u32)>) -> Result<String, StatusCode> {
    let done = match action.as_str() {
        "find" => find(&mut failures).await,
        "order" => order(&mut failures).await,
        "refund" => refund().await,
        _ => return Err(StatusCode::NOT_FOUND),
    };
    done.map(str::to_owned).map_err(|_| StatusCode::BAD_GATEWAY)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    overrides::load_environment()?;
    let router = Router::new()
        .route("/retries", get(retries).put(set))
        .route("/shop/{action}/{failures}", get(shop));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let service = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });

    tokio::task::spawn_blocking(move || visit(&service)).await?
}

/// What an operator of the service does.
fn visit(service: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let shop = |path: &str| agent.get(format!("{service}/shop/{path}")).call();
    let retries = format!("{service}/retries");

    for path in ["find/0", "find/1", "find/2", "order/3"] {
        shop(path)?;
    }
    let mut answer = agent.get(&retries).header("accept", "text/plain").call()?;
    println!("{}", answer.body_mut().read_to_string()?);

    let mut refused = agent.put(&retries).send("['shop::order']\nmxa = 5\n")?;
    println!("{}: {}", refused.status(), refused.body_mut().read_to_string()?);
    let taken = agent.put(&retries).send("['shop::order']\nmax = 5\n")?;
    println!("{}", taken.status());
    let ordered = shop("order/3")?;

    let sites: Vec<Value> =
        serde_json::from_reader(agent.get(&retries).call()?.body_mut().as_reader())?;
    let order = sites.iter().find(|site| site["site"] == "shop::order").ok_or("not listed")?;
    println!("{order:#}");

    let is_kept = refused.status() == 400
        && taken.status() == 204
        && ordered.status() == 200
        && sites.len() == 3
        && order["retries"] == 5
        && order["recovered"] == 1
        && order["gave_up"] == 1;
    if is_kept { Ok(()) } else { Err("the list is not what was done".into()) }
}
