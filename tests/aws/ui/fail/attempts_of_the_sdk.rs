// Believed that the words of the SDK's own retries are the keys.
use aws_sdk_backupgateway::Client;
use aws_sdk_backupgateway::error::SdkError;
use aws_sdk_backupgateway::operation::list_gateways::{ListGatewaysError, ListGatewaysOutput};
use aws_sdk_backupgateway::types::error::InternalServerException;
use retry_runtime::retry_on;

#[retry_on(InternalServerException, max_attempts = 3, initial_backoff = 1s)]
async fn gateways(client: &Client) -> Result<ListGatewaysOutput, SdkError<ListGatewaysError>> {
    client.list_gateways().send().await
}

fn main() {
    let _ = gateways;
}
