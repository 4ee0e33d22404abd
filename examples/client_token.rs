//! Three attempts, one effect, with a client token of AWS: the service carries out a transaction and
//! fails to say so, twice.
//!
//! ```text
//! cargo run -p retry-examples --features dynamodb --example client_token
//! ```
//!
//! Operations that must not be repeated take a token, by which the service recognises a request that
//! it has seen. The SDK makes a new one for every `send`. That covers the SDK's own retries, which are
//! made within one `send`. In a function with `#[retry_on]`, each attempt is another `send`, and would
//! have another token. So the function passes a token: all attempts of one call share an idempotency
//! key.
//!
//! `pay` does that, `overpay` does not. Expect two WARNs and an INFO from each, and after each what
//! the server received and carried out:
//!
//! ```text
//!  WARN retry_runtime: attempt 1 of 3 failed, retrying in 22.9ms site="client_token::pay" …
//!  WARN retry_runtime: attempt 2 of 3 failed, retrying in 133.6ms site="client_token::pay" …
//!  INFO retry_runtime: recovered on attempt 3 of 3 site="client_token::pay" …
//! the key of the call: requests 3, payments 1
//!  WARN retry_runtime: attempt 1 of 3 failed, retrying in 11.9ms site="client_token::overpay" …
//!  WARN retry_runtime: attempt 2 of 3 failed, retrying in 126.6ms site="client_token::overpay" …
//!  INFO retry_runtime: recovered on attempt 3 of 3 site="client_token::overpay" …
//! a token of the SDK: requests 3, payments 3
//! ```
//!
//! No account and no network: the service is a [`DynamoDb`] in this process, which remembers tokens and
//! loses the first two answers after it has carried out what was asked.

use anyhow::{Context, ensure};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{Config, Credentials, Region};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsFluentBuilder;
use aws_sdk_dynamodb::types::error::InternalServerError;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use retry_examples::DynamoDb;
use retry_runtime::retry_on;

/// The attempts share the key of the call, so the second and the third are recognised.
#[retry_on(InternalServerError, max = 3, attempt = attempt)]
async fn pay(client: &Client, amount: u32) -> Result<(), SdkError<TransactWriteItemsError>> {
    let token = attempt.idempotency_key().to_string();
    payment(client, amount).client_request_token(token).send().await?;
    Ok(())
}

/// Every attempt has another token, which the SDK makes, and pays again.
#[retry_on(InternalServerError, max = 3)]
async fn overpay(client: &Client, amount: u32) -> Result<(), SdkError<TransactWriteItemsError>> {
    payment(client, amount).send().await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().without_time().init();

    let server = DynamoDb::start(2).await?;
    pay(&client(&server), 10).await.context("cannot pay")?;
    let seen = (server.requests(), server.transactions());
    println!("the key of the call: requests {}, payments {}", seen.0, seen.1);
    ensure!(seen == (3, 1), "three attempts have one effect");

    let server = DynamoDb::start(2).await?;
    overpay(&client(&server), 10).await.context("cannot pay")?;
    let seen = (server.requests(), server.transactions());
    println!("a token of the SDK: requests {}, payments {}", seen.0, seen.1);
    ensure!(seen == (3, 3), "every attempt has an effect");
    Ok(())
}

/// Takes the amount from one account and adds it to another, both or neither.
fn payment(client: &Client, amount: u32) -> TransactWriteItemsFluentBuilder {
    let change = |account: &str, change: String| {
        let update = Update::builder()
            .table_name("accounts")
            .key("name", AttributeValue::S(account.to_owned()))
            .update_expression("ADD balance :change")
            .expression_attribute_values(":change", AttributeValue::N(change))
            .build();
        TransactWriteItem::builder().update(update.expect("all that is required is there")).build()
    };
    client
        .transact_write_items()
        .transact_items(change("alice", format!("-{amount}")))
        .transact_items(change("bob", amount.to_string()))
}

/// A client that leaves retries to the attribute; yours comes from `aws_config`.
fn client(server: &DynamoDb) -> Client {
    Client::from_conf(
        Config::builder()
            .retry_config(RetryConfig::disabled())
            .endpoint_url(server.endpoint())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "example"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build(),
    )
}
