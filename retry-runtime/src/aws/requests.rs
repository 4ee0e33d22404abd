//! The SDK's own retries: switched off, or at least seen.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::RetryConfig;

use crate::call::nesting::requests::requested;

/// The configuration of a client that makes one request for each call, so that `#[retry_on]` around it
/// is the only one to retry.
///
/// For everything that has a `retry_config`: `aws_config`'s loader, `SdkConfig`'s builder, a service's
/// `config::Builder`. From a client that others use, derive one:
///
/// ```ignore
/// let single = Client::from_conf(
///     client.config().to_builder().retry_config(aws::single_attempt()).build(),
/// );
/// ```
///
/// Connections and credentials are shared between both. For one call only, there is
/// `.customize().config_override(Config::builder().retry_config(aws::single_attempt()))`.
///
/// ```
/// use retry_runtime::aws;
///
/// assert_eq!(aws::single_attempt().max_attempts(), 1);
/// ```
#[must_use]
pub fn single_attempt() -> RetryConfig {
    RetryConfig::disabled()
}

/// Counts the requests that a client makes inside attempts of annotated functions.
///
/// Add it to the configuration of a client, `.interceptor(aws::CountRequests)`, or to one call,
/// `.customize().interceptor(aws::CountRequests)`. Where the SDK retries too, events then tell what one
/// attempt really was, in words and in the field `requests`:
///
/// ```text
/// WARN attempt 2 of 3 failed (the SDK made 3 requests), the next follows in 172.4ms
/// ```
///
/// and once for each function, at WARN, what both layers can add up to (`3 x 3 = 9 requests`) and how
/// to switch one off ([`single_attempt`]); not where the function says `nested = "allow"`.
///
/// Each request counts that is about to be sent, whatever becomes of it, on whichever thread its
/// future is polled. One that is sent from a task which the attempt only spawned does not count, for
/// nobody knows whose it is; nor one for which nothing could be sent, as without credentials.
///
/// ```
/// use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
/// use retry_runtime::aws;
///
/// let _: SharedInterceptor = SharedInterceptor::new(aws::CountRequests);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CountRequests;

impl Intercept for CountRequests {
    fn name(&self) -> &'static str {
        "CountRequests"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let number = config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts);
        // Without a limit that can be read, what was seen is the limit.
        let max = config.load::<RetryConfig>().map_or(number, RetryConfig::max_attempts);
        requested(number, max);
        Ok(())
    }
}
