// Believed that a request can be sent twice.
use aws_sdk_backupgateway::error::SdkError;
use aws_sdk_backupgateway::operation::list_gateways::builders::ListGatewaysFluentBuilder;
use aws_sdk_backupgateway::operation::list_gateways::{ListGatewaysError, ListGatewaysOutput};
use aws_sdk_backupgateway::types::error::InternalServerException;
use retry_runtime::retry_on;

#[retry_on(InternalServerException, max = 3)]
async fn gateways(
    request: ListGatewaysFluentBuilder,
) -> Result<ListGatewaysOutput, SdkError<ListGatewaysError>> {
    request.send().await
}

fn main() {
    let _ = gateways;
}
