//! Amazon SQS, over JSON 1.0 with the codes of the query protocol before it: a header names the
//! error, and the name need not be that of the type.

use aws_sdk_sqs::Client;
use retry_tests_aws_operations::{Answer, Ended, Service, walk, walk_log};

const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/orders";

mod throttling {
    use retry_tests_aws_operations::operations;

    use super::*;

    operations! {
        aws_sdk_sqs, RequestThrottled, "RequestThrottled";
        send_message, SendMessageError, |client| client
            .send_message().queue_url(QUEUE).message_body("o-42");
        receive_message, ReceiveMessageError, |client| client.receive_message().queue_url(QUEUE);
        delete_message, DeleteMessageError, |client| client
            .delete_message().queue_url(QUEUE).receipt_handle("AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy");
    }

    #[tokio::test]
    async fn ends() {
        let service = (1, throttled(), success());
        assert_eq!(walk(OPERATIONS, client, service, Ended::well(2)).await.unwrap(), []);
    }

    #[tokio::test]
    async fn does_not_end() {
        let service = (u32::MAX, throttled(), success());
        let expected = Ended::with("RequestThrottled", 3);
        assert_eq!(walk(OPERATIONS, client, service, expected).await.unwrap(), []);
    }

    #[tokio::test]
    async fn is_logged() {
        let service = (throttled(), "RequestThrottled", success());
        assert_eq!(walk_log(OPERATIONS, client, service).await.unwrap(), []);
    }

    #[tokio::test]
    async fn is_not_taken_for_a_full_queue() {
        let service = (u32::MAX, over_limit(), success());
        let expected = Ended::with("OverLimit", 1);
        assert_eq!(walk(OPERATIONS, client, service, expected).await.unwrap(), []);
    }
}

mod too_many_messages_in_flight {
    use retry_tests_aws_operations::operations;

    use super::*;

    operations! {
        aws_sdk_sqs, OverLimit, "OverLimit";
        receive_message, ReceiveMessageError, |client| client.receive_message().queue_url(QUEUE);
    }

    #[tokio::test]
    async fn end() {
        let service = (1, over_limit(), success());
        assert_eq!(walk(OPERATIONS, client, service, Ended::well(2)).await.unwrap(), []);
    }

    #[tokio::test]
    async fn are_logged() {
        let service = (over_limit(), "OverLimit", success());
        assert_eq!(walk_log(OPERATIONS, client, service).await.unwrap(), []);
    }
}

/// Here type and code have different names.
mod throttling_of_keys {
    use retry_tests_aws_operations::operations;

    use super::*;

    operations! {
        aws_sdk_sqs, KmsThrottled, "KMS.ThrottlingException";
        send_message, SendMessageError, |client| client
            .send_message().queue_url(QUEUE).message_body("o-42");
        receive_message, ReceiveMessageError, |client| client.receive_message().queue_url(QUEUE);
    }

    #[tokio::test]
    async fn ends() {
        let service = (1, key_throttled(), success());
        assert_eq!(walk(OPERATIONS, client, service, Ended::well(2)).await.unwrap(), []);
    }

    #[tokio::test]
    async fn is_logged() {
        let service = (key_throttled(), "KMS.ThrottlingException", success());
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
    Answer::json_1_0(400, r#"{"__type": "com.amazonaws.sqs#RequestThrottled"}"#)
        .with("x-amzn-query-error", "RequestThrottled;Sender")
}

fn over_limit() -> Answer {
    Answer::json_1_0(400, r#"{"__type": "com.amazonaws.sqs#OverLimit"}"#)
        .with("x-amzn-query-error", "OverLimit;Sender")
}

fn key_throttled() -> Answer {
    Answer::json_1_0(400, r#"{"__type": "com.amazonaws.sqs#KmsThrottled"}"#)
        .with("x-amzn-query-error", "KMS.ThrottlingException;Sender")
}
