//! The annotated functions of dependencies are listed, too, before any is called.
#![forbid(unsafe_code)]

use retry_runtime::sites;

/// The names that a crate's functions begin with.
fn listed(start: &str) -> usize {
    sites().iter().filter(|site| site.site().starts_with(start)).count()
}

#[test]
fn the_functions_of_dependencies_are_listed() {
    // Else the linker leaves the dependencies out.
    let _: fn() -> retry_tests_registry::Answer = retry_tests_registry::named;
    assert_eq!(listed("retry_tests_registry::"), 11, "{}", sites());
    assert_eq!(listed("named by hand"), 1, "{}", sites());
}

#[test]
fn also_where_they_are_of_edition_2021() {
    assert_eq!(retry_tests_edition_2021::Busy.to_string(), "busy");
    assert!(listed("retry_tests_edition_2021::") > 5, "{}", sites());
}
