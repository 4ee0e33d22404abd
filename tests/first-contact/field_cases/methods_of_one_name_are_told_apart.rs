//! Two types of one module have a method of the same name.

#![expect(clippy::unused_self, reason = "only what makes them methods")]

use retry_runtime::retry_on;
use retry_runtime::sites::SiteReport;

struct Orders;
struct Invoices;

impl Orders {
    #[retry_on(_, delay = "0ms")]
    fn save(&self) -> Result<(), &'static str> {
        Err("orders are down")
    }
}

impl Invoices {
    #[retry_on(_, delay = "0ms")]
    fn save(&self) -> Result<(), &'static str> {
        Err("invoices are down")
    }
}

#[test]
fn by_their_types() {
    Orders.save().unwrap_err();
    Invoices.save().unwrap_err();
    Invoices.save().unwrap_err();
    let sites = retry_runtime::sites();
    let gave_up =
        |method: &str| sites.get(&format!("{}::{method}", module_path!())).map(SiteReport::gave_up);
    assert_eq!((gave_up("Orders::save"), gave_up("Invoices::save")), (Some(1), Some(2)));
}
