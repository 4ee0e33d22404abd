//! The SDK's own retries: how to switch them off, and how to count them.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::RetryConfig;

use crate::call::nesting::requests::requested;

/// Returns a configuration with which a client makes one request for each call, so that only
/// `#[retry_on]` retries.
///
/// It is for every builder with a method `retry_config`: `aws_config`'s loader, `SdkConfig`'s builder, a
/// service's `config::Builder`. To leave a shared client unchanged, derive a client from it:
///
/// ```ignore
/// let single = Client::from_conf(
///     client.config().to_builder().retry_config(aws::single_attempt()).build(),
/// );
/// ```
///
/// Both clients share connections and credentials. For one call only, use
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
/// `.customize().interceptor(aws::CountRequests)`. If the SDK retries too, events then contain the
/// number of requests in one attempt, in the message and in the field `requests`:
///
/// ```text
/// WARN attempt 2 of 3 failed (the SDK made 3 requests), retrying in 172.4ms
/// ```
///
/// Once for each function, a WARN says how many requests both layers can make together
/// (`3 x 3 = 9 requests`) and how to switch one layer off ([`single_attempt`]). With `nested = "allow"`
/// on the function, there is no such WARN.
///
/// A request is counted when it is about to be sent, whatever its result, on any thread that polls its
/// future. Requests from a task that the attempt spawned are not counted, because their attempt is
/// unknown. Requests that were never sent, for example without credentials, are not counted either.
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
        // If the limit cannot be read, use the number of this attempt.
        let max = config.load::<RetryConfig>().map_or(number, RetryConfig::max_attempts);
        requested(number, max);
        Ok(())
    }
}
