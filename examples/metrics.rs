//! Metrics of retries in Prometheus' text format, and three numbers that are computed from them.
//!
//! ```text
//! cargo run -p retry-examples --features operations --example metrics
//! ```
//!
//! - **Amplification**, requests per call: how much load retries add.
//!
//!   ```text
//!   (sum(rate(retry_calls_total[5m])) + sum(rate(retry_retries_total[5m])))
//!     / sum(rate(retry_calls_total[5m]))
//!   ```
//!
//! - **Recovery rate**: of the calls that failed at first and were worth a retry, how many recovered.
//!
//!   ```text
//!   sum(rate(retry_calls_total{outcome="success_after_retry"}[5m]))
//!     / sum(rate(retry_calls_total{outcome=~"success_after_retry|max_attempts|deadline|budget"}[5m]))
//!   ```
//!
//! - **Give-up rate**: of all calls, how many a limit ended.
//!
//!   ```text
//!   sum(rate(retry_calls_total{outcome=~"max_attempts|deadline|budget"}[5m]))
//!     / sum(rate(retry_calls_total[5m]))
//!   ```
//!
//! `sum by (site) (..)` gives them for each function. A dashboard with all of it is
//! `dashboards/grafana.json`.
//!
//! A hundred calls are made: ninety succeed at once, eight after one or two retries, one is given up,
//! one fails with an error that is not retried. Expect the lines of the scrape about retries,
//! and the three numbers:
//!
//! ```text
//! retry_calls_total{site="stock::count",outcome="success"} 90
//! retry_calls_total{site="stock::count",outcome="success_after_retry"} 8
//! retry_calls_total{site="stock::count",outcome="max_attempts"} 1
//! retry_calls_total{site="stock::count",outcome="not_retryable"} 1
//! retry_retries_total{site="stock::count",error_type="StockError::Busy"} 13
//! …
//! amplification: 1.13 requests per call
//! recovery rate: 0.89 of the calls that failed at first
//! give-up rate: 0.01 of all calls
//! ```

#[path = "shared/buckets.rs"]
mod buckets;

use std::error::Error;
use std::io;

use axum::Router;
use axum::routing::get;
use retry_runtime::retry_on;
use tokio::net::TcpListener;

#[derive(Debug, thiserror::Error)]
enum StockError {
    #[error("busy")]
    Busy,
    #[error("no such item")]
    NoSuchItem,
}

/// Fails with these errors, the last first, then succeeds.
#[retry_on(StockError::Busy, max = 3, delay = "20ms", name = "stock::count")]
async fn count(failures: &mut Vec<StockError>) -> Result<u32, StockError> {
    failures.pop().map_or(Ok(7), Err)
}

/// How many calls are made, and how many attempts of each find the service busy.
const CALLS: [(u32, usize); 4] = [(90, 0), (5, 1), (3, 2), (1, 3)];

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<(), Box<dyn Error>> {
    // In a service of your own: `.with_http_listener(([0, 0, 0, 0], 9000)).install()` (feature
    // `http-listener` of the exporter). Whoever serves the text otherwise calls `run_upkeep` of the
    // handle from time to time, or lets it be scraped.
    let exporter = buckets::exporter()?.install_recorder()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/metrics", listener.local_addr()?);
    let router = Router::new().route("/metrics", get(async move || exporter.render()));
    tokio::spawn(async move { axum::serve(listener, router).await });

    for (calls, busy) in CALLS {
        for _ in 0..calls {
            let mut failures = (0..busy).map(|_| StockError::Busy).collect();
            let _ = count(&mut failures).await;
        }
    }
    let _ = count(&mut vec![StockError::NoSuchItem]).await;

    let text = tokio::task::spawn_blocking(move || -> Result<_, ureq::Error> {
        ureq::get(url).call()?.body_mut().read_to_string()
    });
    let text = text.await??;
    for line in text.lines().filter(|line| line.contains("retry_")) {
        println!("{line}");
    }

    let scraped = Scraped(&text);
    let calls = scraped.sum("retry_calls_total", |_| true);
    let retries = scraped.sum("retry_retries_total", |_| true);
    let recovered = scraped.sum("retry_calls_total", |labels| is(labels, "success_after_retry"));
    let gave_up = scraped.sum("retry_calls_total", |labels| {
        ["max_attempts", "deadline", "budget"].iter().any(|limit| is(labels, limit))
    });
    println!("amplification: {:.2} requests per call", (calls + retries) / calls);
    let recovery = recovered / (recovered + gave_up);
    println!("recovery rate: {recovery:.2} of the calls that failed at first");
    println!("give-up rate: {:.2} of all calls", gave_up / calls);

    let is_told = [(calls, 100.0), (retries, 13.0), (recovered, 8.0), (gave_up, 1.0)]
        .into_iter()
        .all(|(told, done): (f64, f64)| (told - done).abs() < 0.5);
    if !is_told {
        return Err(io::Error::other("the numbers are not what was done").into());
    }
    Ok(())
}

fn is(labels: &str, outcome: &str) -> bool {
    labels.contains(&format!("outcome=\"{outcome}\""))
}

/// A text in the format of Prometheus.
struct Scraped<'a>(&'a str);

impl Scraped<'_> {
    /// All samples of a metric, added up: counters since the process started.
    fn sum(&self, metric: &str, is_wanted: impl Fn(&str) -> bool) -> f64 {
        let samples = self.0.lines().filter_map(|line| {
            let (labels, value) =
                line.strip_prefix(metric)?.strip_prefix('{')?.rsplit_once("} ")?;
            is_wanted(labels).then(|| value.parse::<f64>().ok())?
        });
        samples.sum()
    }
}
