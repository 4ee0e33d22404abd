// Believed that a code is found in any type that contains an error of the SDK.
use std::error::Error;

use aws_sdk_backupgateway::Client;
use aws_sdk_backupgateway::operation::list_gateways::ListGatewaysOutput;
use retry_runtime::retry_on;

struct Failed(Box<dyn Error + Send + Sync>);

#[retry_on("InternalServerException", max = 3)]
async fn gateways(client: &Client) -> Result<ListGatewaysOutput, Failed> {
    client.list_gateways().send().await.map_err(|error| Failed(error.into()))
}

fn main() {
    let _ = gateways;
}
