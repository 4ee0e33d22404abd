//! Every operation of AWS Backup Gateway, over RPC v2 CBOR: `InternalServerException` is retried,
//! however it is selected, and nothing else is.

use std::collections::BTreeMap;

use aws_sdk_backupgateway::Client;
use aws_sdk_backupgateway::types::{
    BandwidthRateLimitInterval, GatewayType, Tag, VmwareToAwsTagMapping,
};
use retry_tests_aws_operations::{
    Answer, Ended, Service, operations, operations_of, walk, walk_log,
};

const GATEWAY: &str = "arn:aws:backup-gateway:us-east-1:123456789012:gateway/bgw-12345678";
const HYPERVISOR: &str = "arn:aws:backup-gateway:us-east-1:123456789012:hypervisor/hype-12345678";
const MACHINE: &str = "arn:aws:backup-gateway:us-east-1:123456789012:vm/vm-12345678";
const ROLE: &str = "arn:aws:iam::123456789012:role/backup";
const HOST: &str = "vcenter.example.com";

operations! {
    aws_sdk_backupgateway, InternalServerException, "InternalServerException";
    associate_gateway_to_server, AssociateGatewayToServerError, |client| client
        .associate_gateway_to_server().gateway_arn(GATEWAY).server_arn(HYPERVISOR);
    create_gateway, CreateGatewayError, |client| client
        .create_gateway().activation_key("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
        .gateway_display_name("basement-rack-2").gateway_type(GatewayType::BackupVm);
    delete_gateway, DeleteGatewayError, |client| client.delete_gateway().gateway_arn(GATEWAY);
    delete_hypervisor, DeleteHypervisorError, |client| client
        .delete_hypervisor().hypervisor_arn(HYPERVISOR);
    disassociate_gateway_from_server, DisassociateGatewayFromServerError, |client| client
        .disassociate_gateway_from_server().gateway_arn(GATEWAY);
    get_bandwidth_rate_limit_schedule, GetBandwidthRateLimitScheduleError, |client| client
        .get_bandwidth_rate_limit_schedule().gateway_arn(GATEWAY);
    get_gateway, GetGatewayError, |client| client.get_gateway().gateway_arn(GATEWAY);
    get_hypervisor, GetHypervisorError, |client| client
        .get_hypervisor().hypervisor_arn(HYPERVISOR);
    get_hypervisor_property_mappings, GetHypervisorPropertyMappingsError, |client| client
        .get_hypervisor_property_mappings().hypervisor_arn(HYPERVISOR);
    get_virtual_machine, GetVirtualMachineError, |client| client
        .get_virtual_machine().resource_arn(MACHINE);
    import_hypervisor_configuration, ImportHypervisorConfigurationError, |client| client
        .import_hypervisor_configuration().name("basement").host(HOST);
    list_gateways, ListGatewaysError, |client| client.list_gateways();
    list_hypervisors, ListHypervisorsError, |client| client.list_hypervisors();
    list_tags_for_resource, ListTagsForResourceError, |client| client
        .list_tags_for_resource().resource_arn(GATEWAY);
    list_virtual_machines, ListVirtualMachinesError, |client| client.list_virtual_machines();
    put_bandwidth_rate_limit_schedule, PutBandwidthRateLimitScheduleError, |client| client
        .put_bandwidth_rate_limit_schedule().gateway_arn(GATEWAY)
        .bandwidth_rate_limit_intervals(office_hours());
    put_hypervisor_property_mappings, PutHypervisorPropertyMappingsError, |client| client
        .put_hypervisor_property_mappings().hypervisor_arn(HYPERVISOR).iam_role_arn(ROLE)
        .vmware_to_aws_tag_mappings(mapping());
    put_maintenance_start_time, PutMaintenanceStartTimeError, |client| client
        .put_maintenance_start_time().gateway_arn(GATEWAY).hour_of_day(3).minute_of_hour(30);
    start_virtual_machines_metadata_sync, StartVirtualMachinesMetadataSyncError, |client| client
        .start_virtual_machines_metadata_sync().hypervisor_arn(HYPERVISOR);
    tag_resource, TagResourceError, |client| client
        .tag_resource().resource_arn(GATEWAY).tags(tag());
    test_hypervisor_configuration, TestHypervisorConfigurationError, |client| client
        .test_hypervisor_configuration().gateway_arn(GATEWAY).host(HOST);
    untag_resource, UntagResourceError, |client| client
        .untag_resource().resource_arn(GATEWAY).tag_keys("rack");
    update_gateway_information, UpdateGatewayInformationError, |client| client
        .update_gateway_information().gateway_arn(GATEWAY);
    update_gateway_software_now, UpdateGatewaySoftwareNowError, |client| client
        .update_gateway_software_now().gateway_arn(GATEWAY);
    update_hypervisor, UpdateHypervisorError, |client| client
        .update_hypervisor().hypervisor_arn(HYPERVISOR);
}

#[test]
fn no_operation_is_missing() {
    let names: Vec<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
    assert_eq!(names, operations_of("aws-sdk-backupgateway").unwrap());
    assert_eq!(names.len(), 25);
}

#[tokio::test]
async fn every_operation_recovers_from_one_failure() {
    let service = (1, failure(500, "InternalServerException"), success());
    let expected = Ended::well(2);
    assert_eq!(walk(OPERATIONS, client, service, expected).await.unwrap(), []);
}

/// Three requests, not nine: neither does the SDK retry.
#[tokio::test]
async fn every_operation_gives_the_third_failure_back() {
    let service = (u32::MAX, failure(500, "InternalServerException"), success());
    let expected = Ended::with("InternalServerException", 3);
    assert_eq!(walk(OPERATIONS, client, service, expected).await.unwrap(), []);
}

#[tokio::test]
async fn no_operation_repeats_what_is_invalid() {
    let service = (u32::MAX, failure(400, "ValidationException"), success());
    let expected = Ended::with("ValidationException", 1);
    assert_eq!(walk(OPERATIONS, client, service, expected).await.unwrap(), []);
}

#[tokio::test]
async fn every_operation_logs_which_request_failed() {
    let code = "InternalServerException";
    let service = (failure(500, code), code, success());
    assert_eq!(walk_log(OPERATIONS, client, service).await.unwrap(), []);
}

fn client(service: &Service) -> Client {
    Client::new(&service.config())
}

/// A map without members, which is right for every operation: the SDK puts up with members that are
/// missing.
fn success() -> Answer {
    let nothing = BTreeMap::<&str, &str>::new();
    Answer::rpc_v2_cbor(200, minicbor::to_vec(nothing).unwrap())
}

fn failure(status: u16, code: &str) -> Answer {
    let name = format!("com.amazonaws.backupgateway#{code}");
    let body = BTreeMap::from([("__type", name.as_str()), ("Message", "Try again later.")]);
    Answer::rpc_v2_cbor(status, minicbor::to_vec(body).unwrap())
}

fn tag() -> Tag {
    Tag::builder().key("rack").value("2").build().unwrap()
}

fn mapping() -> VmwareToAwsTagMapping {
    let mapping = VmwareToAwsTagMapping::builder().vmware_category("site").vmware_tag_name("rack");
    mapping.aws_tag_key("rack").aws_tag_value("2").build().unwrap()
}

fn office_hours() -> BandwidthRateLimitInterval {
    let interval = BandwidthRateLimitInterval::builder().start_hour_of_day(8).end_hour_of_day(18);
    let interval = interval.start_minute_of_hour(0).end_minute_of_hour(59).days_of_week(1);
    interval.average_upload_rate_limit_in_bits_per_sec(102_400).build().unwrap()
}
