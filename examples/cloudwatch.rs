//! Metrics of retries in CloudWatch, through the log: the embedded metric format, with `site` and
//! `outcome` as the only dimensions.
//!
//! ```text
//! cargo run -p retry-examples --features operations --example cloudwatch
//! ```
//!
//! Four calls are made. Expect a document for each combination of labels, as CloudWatch Logs takes
//! them, one on a line, and what they add up to:
//!
//! ```text
//! {"_aws":{"CloudWatchMetrics":[{"Dimensions":[["site","outcome"],["site"]],"Metrics":[{"Name":"retry_calls_total","Unit":"Count"}],"Namespace":"Retries"}],"Timestamp":1795321193972},"outcome":"max_attempts","retry_calls_total":1,"site":"backup::start"}
//! {"_aws":{"CloudWatchMetrics":[{"Dimensions":[["site"]],"Metrics":[{"Name":"retry_retries_total","Unit":"Count"}],"Namespace":"Retries"}],"Timestamp":1795321193972},"error_type":"BackupError::Throttled","retry_retries_total":4,"site":"backup::start"}
//! …
//! calls: 4, retries: 5, given up: 1
//! ```
//!
//! No account is needed: the documents go to standard output, as they do in a Lambda function or in a
//! container with the `awslogs` driver, and CloudWatch makes metrics of them. With an account, these
//! make a dashboard, and alarms for a function:
//!
//! ```text
//! aws cloudwatch put-dashboard --dashboard-name retries \
//!   --dashboard-body file://examples/dashboards/cloudwatch-dashboard.json
//! aws cloudformation deploy --stack-name retries-of-backup-start \
//!   --template-file examples/dashboards/cloudwatch-alarms.json \
//!   --parameter-overrides Site=backup::start Topic=arn:aws:sns:us-east-1:123456789012:pager
//! ```

#[path = "shared/embedded.rs"]
mod embedded;

use std::error::Error;
use std::io::{self, Write};

use embedded::{FewDimensions, NAMESPACE};
use retry_runtime::retry_on;
use serde_json::Value;

#[derive(Debug, thiserror::Error)]
enum BackupError {
    #[error("throttled")]
    Throttled,
    #[error("internal error")]
    Internal,
}

/// Fails with these errors, the last first, then succeeds.
#[retry_on(
    BackupError::Throttled | BackupError::Internal,
    max = 3,
    delay = "20ms",
    name = "backup::start",
)]
async fn start(failures: &mut Vec<BackupError>) -> Result<(), BackupError> {
    failures.pop().map_or(Ok(()), Err)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    use BackupError::{Internal, Throttled};

    let recorder = embedded::install()?;
    start(&mut vec![]).await?;
    start(&mut vec![Throttled]).await?;
    start(&mut vec![Internal, Throttled]).await?;
    let _ = start(&mut vec![Throttled, Throttled, Throttled]).await;

    let mut documents = Vec::new();
    recorder.flush(FewDimensions::new(&mut documents))?;
    io::stdout().write_all(&documents)?;

    let documents: Vec<Value> =
        serde_json::Deserializer::from_slice(&documents).into_iter().collect::<Result<_, _>>()?;
    let sum = |name: &str, outcome: Option<&str>| -> u64 {
        let is_wanted = |document: &&Value| {
            document["_aws"]["CloudWatchMetrics"][0]["Namespace"] == NAMESPACE
                && outcome.is_none_or(|outcome| document["outcome"] == outcome)
        };
        documents.iter().filter(is_wanted).filter_map(|document| document[name].as_u64()).sum()
    };
    let calls = sum("retry_calls_total", None);
    let retries = sum("retry_retries_total", None);
    let gave_up = sum("retry_calls_total", Some("max_attempts"));
    println!("calls: {calls}, retries: {retries}, given up: {gave_up}");
    if (calls, retries, gave_up) != (4, 5, 1) {
        return Err("the numbers are not what was done".into());
    }
    Ok(())
}
