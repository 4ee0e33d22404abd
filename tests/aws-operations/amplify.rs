//! Every operation of AWS Amplify, over REST-JSON: `InternalFailureException` is retried, however it
//! is selected, and nothing else is.

use aws_sdk_amplify::Client;
use aws_sdk_amplify::types::{JobType, SubDomainSetting};
use retry_tests_aws_operations::{
    Answer, Ended, Service, operations, operations_of, walk, walk_log,
};

const APP: &str = "d2abcexample";
const ARN: &str = "arn:aws:amplify:us-east-1:123456789012:apps/d2abcexample";
const BRANCH: &str = "feature/checkout";
const DOMAIN: &str = "example.com";
const JOB: &str = "0000000042";
const WEBHOOK: &str = "81bd8eb0-e4a6-4f4c-a84d-3f9bb4f0d1a2";

operations! {
    aws_sdk_amplify, InternalFailureException, "InternalFailureException";
    create_app, CreateAppError, |client| client.create_app().name("storefront");
    create_backend_environment, CreateBackendEnvironmentError, |client| client
        .create_backend_environment().app_id(APP).environment_name("staging");
    create_branch, CreateBranchError, |client| client
        .create_branch().app_id(APP).branch_name(BRANCH);
    create_deployment, CreateDeploymentError, |client| client
        .create_deployment().app_id(APP).branch_name(BRANCH);
    create_domain_association, CreateDomainAssociationError, |client| client
        .create_domain_association().app_id(APP).domain_name(DOMAIN).sub_domain_settings(shop());
    create_webhook, CreateWebhookError, |client| client
        .create_webhook().app_id(APP).branch_name(BRANCH);
    delete_app, DeleteAppError, |client| client.delete_app().app_id(APP);
    delete_backend_environment, DeleteBackendEnvironmentError, |client| client
        .delete_backend_environment().app_id(APP).environment_name("staging");
    delete_branch, DeleteBranchError, |client| client
        .delete_branch().app_id(APP).branch_name(BRANCH);
    delete_domain_association, DeleteDomainAssociationError, |client| client
        .delete_domain_association().app_id(APP).domain_name(DOMAIN);
    delete_job, DeleteJobError, |client| client
        .delete_job().app_id(APP).branch_name(BRANCH).job_id(JOB);
    delete_webhook, DeleteWebhookError, |client| client.delete_webhook().webhook_id(WEBHOOK);
    generate_access_logs, GenerateAccessLogsError, |client| client
        .generate_access_logs().app_id(APP).domain_name(DOMAIN);
    get_app, GetAppError, |client| client.get_app().app_id(APP);
    get_artifact_url, GetArtifactUrlError, |client| client
        .get_artifact_url().artifact_id("artifact-7");
    get_backend_environment, GetBackendEnvironmentError, |client| client
        .get_backend_environment().app_id(APP).environment_name("staging");
    get_branch, GetBranchError, |client| client.get_branch().app_id(APP).branch_name(BRANCH);
    get_domain_association, GetDomainAssociationError, |client| client
        .get_domain_association().app_id(APP).domain_name(DOMAIN);
    get_job, GetJobError, |client| client.get_job().app_id(APP).branch_name(BRANCH).job_id(JOB);
    get_webhook, GetWebhookError, |client| client.get_webhook().webhook_id(WEBHOOK);
    list_apps, ListAppsError, |client| client.list_apps();
    list_artifacts, ListArtifactsError, |client| client
        .list_artifacts().app_id(APP).branch_name(BRANCH).job_id(JOB);
    list_backend_environments, ListBackendEnvironmentsError, |client| client
        .list_backend_environments().app_id(APP);
    list_branches, ListBranchesError, |client| client.list_branches().app_id(APP);
    list_domain_associations, ListDomainAssociationsError, |client| client
        .list_domain_associations().app_id(APP);
    list_jobs, ListJobsError, |client| client.list_jobs().app_id(APP).branch_name(BRANCH);
    list_tags_for_resource, ListTagsForResourceError, |client| client
        .list_tags_for_resource().resource_arn(ARN);
    list_webhooks, ListWebhooksError, |client| client.list_webhooks().app_id(APP);
    start_deployment, StartDeploymentError, |client| client
        .start_deployment().app_id(APP).branch_name(BRANCH).job_id(JOB);
    start_job, StartJobError, |client| client
        .start_job().app_id(APP).branch_name(BRANCH).job_type(JobType::Release);
    stop_job, StopJobError, |client| client
        .stop_job().app_id(APP).branch_name(BRANCH).job_id(JOB);
    tag_resource, TagResourceError, |client| client
        .tag_resource().resource_arn(ARN).tags("team", "shop");
    untag_resource, UntagResourceError, |client| client
        .untag_resource().resource_arn(ARN).tag_keys("team");
    update_app, UpdateAppError, |client| client.update_app().app_id(APP);
    update_branch, UpdateBranchError, |client| client
        .update_branch().app_id(APP).branch_name(BRANCH);
    update_domain_association, UpdateDomainAssociationError, |client| client
        .update_domain_association().app_id(APP).domain_name(DOMAIN).sub_domain_settings(shop());
    update_webhook, UpdateWebhookError, |client| client.update_webhook().webhook_id(WEBHOOK);
}

#[test]
fn no_operation_is_missing() {
    let names: Vec<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
    assert_eq!(names, operations_of("aws-sdk-amplify").unwrap());
    assert_eq!(names.len(), 37);
}

#[tokio::test]
async fn every_operation_recovers_from_one_failure() {
    let service = (1, failure(500, "InternalFailureException"), success());
    let expected = Ended::well(2);
    assert_eq!(walk(OPERATIONS, client, service, expected).await.unwrap(), []);
}

/// Three requests, not nine: neither does the SDK retry.
#[tokio::test]
async fn every_operation_gives_the_third_failure_back() {
    let service = (u32::MAX, failure(500, "InternalFailureException"), success());
    let expected = Ended::with("InternalFailureException", 3);
    assert_eq!(walk(OPERATIONS, client, service, expected).await.unwrap(), []);
}

#[tokio::test]
async fn no_operation_repeats_what_is_invalid() {
    let service = (u32::MAX, failure(400, "BadRequestException"), success());
    let expected = Ended::with("BadRequestException", 1);
    assert_eq!(walk(OPERATIONS, client, service, expected).await.unwrap(), []);
}

#[tokio::test]
async fn every_operation_logs_which_request_failed() {
    let code = "InternalFailureException";
    let service = (failure(500, code), code, success());
    assert_eq!(walk_log(OPERATIONS, client, service).await.unwrap(), []);
}

fn client(service: &Service) -> Client {
    Client::new(&service.config())
}

/// An object without members, which is right for every operation: the SDK puts up with members that
/// are missing.
fn success() -> Answer {
    Answer::rest_json(200, "{}")
}

fn failure(status: u16, code: &'static str) -> Answer {
    Answer::rest_json(status, r#"{"message": "Try again later."}"#).with("x-amzn-errortype", code)
}

fn shop() -> SubDomainSetting {
    SubDomainSetting::builder().prefix("shop").branch_name(BRANCH).build().unwrap()
}
