//! Amazon `DynamoDB`, over JSON 1.0: throttling and internal errors, on reads and writes of one item
//! and of several.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use retry_tests_aws_operations::{Answer, Ended, Service, walk, walk_log};

const TABLE: &str = "orders";

mod throttling {
    use retry_tests_aws_operations::operations;

    use super::*;

    operations! {
        aws_sdk_dynamodb, ProvisionedThroughputExceededException,
        "ProvisionedThroughputExceededException";
        get_item, GetItemError, |client| client.get_item().table_name(TABLE).key("id", id());
        put_item, PutItemError, |client| client.put_item().table_name(TABLE).item("id", id());
        query, QueryError, |client| client
            .query().table_name(TABLE).key_condition_expression("id = :id")
            .expression_attribute_values(":id", id());
        transact_write_items, TransactWriteItemsError, |client| client
            .transact_write_items().transact_items(put());
    }

    #[tokio::test]
    async fn ends() {
        let service = (1, throttled(), success());
        assert_eq!(walk(OPERATIONS, client, service, Ended::well(2)).await.unwrap(), []);
    }

    #[tokio::test]
    async fn does_not_end() {
        let service = (u32::MAX, throttled(), success());
        let expected = Ended::with("ProvisionedThroughputExceededException", 3);
        assert_eq!(walk(OPERATIONS, client, service, expected).await.unwrap(), []);
    }

    #[tokio::test]
    async fn is_logged() {
        let service = (throttled(), "ProvisionedThroughputExceededException", success());
        assert_eq!(walk_log(OPERATIONS, client, service).await.unwrap(), []);
    }

    #[tokio::test]
    async fn is_not_taken_for_an_internal_error() {
        let service = (u32::MAX, internal(), success());
        let expected = Ended::with("InternalServerError", 1);
        assert_eq!(walk(OPERATIONS, client, service, expected).await.unwrap(), []);
    }
}

mod internal_error {
    use retry_tests_aws_operations::operations;

    use super::*;

    operations! {
        aws_sdk_dynamodb, InternalServerError, "InternalServerError";
        get_item, GetItemError, |client| client.get_item().table_name(TABLE).key("id", id());
        put_item, PutItemError, |client| client.put_item().table_name(TABLE).item("id", id());
        describe_table, DescribeTableError, |client| client.describe_table().table_name(TABLE);
    }

    #[tokio::test]
    async fn ends() {
        let service = (1, internal(), success());
        assert_eq!(walk(OPERATIONS, client, service, Ended::well(2)).await.unwrap(), []);
    }

    #[tokio::test]
    async fn is_logged() {
        let service = (internal(), "InternalServerError", success());
        assert_eq!(walk_log(OPERATIONS, client, service).await.unwrap(), []);
    }
}

fn client(service: &Service) -> Client {
    Client::new(&service.config())
}

fn success() -> Answer {
    Answer::json_1_0(200, "{}")
}

fn throttled() -> Answer {
    Answer::json_1_0(
        400,
        r#"{
            "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
            "message": "The level of configured provisioned throughput for the table was exceeded."
        }"#,
    )
}

fn internal() -> Answer {
    Answer::json_1_0(
        500,
        r#"{
            "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
            "message": "The request processing has failed because of an unknown error."
        }"#,
    )
}

fn id() -> AttributeValue {
    AttributeValue::S("o-42".to_owned())
}

fn put() -> TransactWriteItem {
    let put = Put::builder().table_name(TABLE).item("id", id()).build().unwrap();
    TransactWriteItem::builder().put(put).build()
}
