// Believed that a variant is named after what it means.
use aws_sdk_backupgateway::Client;
use aws_sdk_backupgateway::error::SdkError;
use aws_sdk_backupgateway::operation::list_gateways::{ListGatewaysError, ListGatewaysOutput};
use retry_runtime::retry_on;

#[retry_on(ListGatewaysError::InternalServerError, max = 3)]
async fn gateways(client: &Client) -> Result<ListGatewaysOutput, SdkError<ListGatewaysError>> {
    client.list_gateways().send().await
}

fn main() {
    let _ = gateways;
}
