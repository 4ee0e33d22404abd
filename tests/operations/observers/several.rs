use super::*;

/// Global ones in the order in which they were added, then that of the policy.
#[test]
fn are_told_in_order_plain() {
    let seen = Seen::default();
    let one = observe::add(says("own", "one", &seen));
    let two = observe::add(says("own", "two", &seen));
    own(&observed(says("own", "policy's", &seen)), &Service::failing(1)).unwrap();
    let order = |kind: &str| ["one", "two", "policy's"].map(|word| format!("{word}: {kind}"));
    one.remove();
    two.remove();
    assert_eq!(taken(&seen), [order("retry"), order("recovered")].concat());
}

#[test]
fn can_be_removed_one_by_one_plain() {
    #[retry_on(Busy, max = 1, name = "removed")]
    fn fetch() -> Result<(), Busy> {
        Err(Busy { call: 1 })
    }

    let seen = Seen::default();
    let add = |word| observe::add(says("removed", word, &seen));
    let (one, two, three) = (add("one"), add("two"), add("three"));
    two.remove();
    fetch().unwrap_err();
    assert_eq!(taken(&seen), ["one: gave up", "three: gave up"]);
    one.remove();
    fetch().unwrap_err();
    assert_eq!(taken(&seen), ["three: gave up"]);
    three.remove();
    fetch().unwrap_err();
    assert_eq!(taken(&seen), [""; 0]);
}

/// Dropping the value that can remove it removes nothing.
#[test]
fn stay_where_nobody_removes_them_plain() {
    #[retry_on(Busy, max = 1, name = "stays")]
    fn fetch() -> Result<(), Busy> {
        Err(Busy { call: 1 })
    }

    let seen = Seen::default();
    observe::add(says("stays", "one", &seen));
    fetch().unwrap_err();
    assert_eq!(taken(&seen), ["one: gave up"]);
}
