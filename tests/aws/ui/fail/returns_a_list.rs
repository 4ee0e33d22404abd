// Believed that the errors of the calls inside are seen.
use aws_sdk_backupgateway::Client;
use aws_sdk_backupgateway::types::Gateway;
use aws_sdk_backupgateway::types::error::InternalServerException;
use retry_runtime::retry_on;

#[retry_on(InternalServerException, max = 3)]
async fn gateways(client: &Client) -> Vec<Gateway> {
    client.list_gateways().send().await.unwrap().gateways.unwrap_or_default()
}

fn main() {
    let _ = gateways;
}
