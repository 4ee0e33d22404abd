//! What `backup_gateway` and `amplify` call: a [`Loopback`] server, or AWS with `--features live`.

use std::env;

use anyhow::Context;
use aws_types::SdkConfig;
use retry_examples::Loopback;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// A service that can be called.
pub(crate) struct Service {
    /// What its clients are made from.
    pub(crate) config: SdkConfig,
    /// The server; none where AWS is called.
    pub(crate) loopback: Option<Loopback>,
}

impl Service {
    /// Starts the server.
    #[cfg(not(feature = "live"))]
    pub(crate) async fn start(
        loopback: impl Future<Output = std::io::Result<Loopback>>,
    ) -> anyhow::Result<Self> {
        use aws_sdk_backupgateway::config::{
            BehaviorVersion, Credentials, Region, SharedCredentialsProvider,
        };

        let loopback = loopback.await.context("cannot start the loopback server")?;
        let credentials = Credentials::new("key", "secret", None, None, "example");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(loopback.endpoint())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Ok(Self { config, loopback: Some(loopback) })
    }

    /// Starts no server; finds region and credentials where the AWS command line does, too.
    #[cfg(feature = "live")]
    pub(crate) async fn start<L>(_loopback: L) -> anyhow::Result<Self> {
        let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
        config.region().context("no region: set AWS_REGION, or one in your profile")?;
        Ok(Self { config, loopback: None })
    }
}

/// The id to ask for: with AWS the first argument or the value of the variable, without it `example`,
/// the only one that the server knows.
pub(crate) fn id(variable: &str, example: &str) -> anyhow::Result<String> {
    if cfg!(not(feature = "live")) {
        return Ok(example.to_owned());
    }
    env::args().nth(1).or_else(|| env::var(variable).ok()).with_context(|| {
        format!("no {variable}: give it as the argument, or as the environment variable")
    })
}

/// Shows what becomes of every failed attempt. An error that is not retried is a DEBUG event.
pub(crate) fn log() {
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().without_time())
        .with(Targets::new().with_target("retry_runtime", LevelFilter::DEBUG))
        .init();
}
