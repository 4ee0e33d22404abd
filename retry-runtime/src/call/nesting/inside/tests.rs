use super::*;
use crate::policy::Policy;

#[test]
fn a_pair_is_new_once() {
    static SITES: [Site; 3] =
        [const { Site::new("site", file!(), line!(), &["_"], Policy::DEFAULT) }; 3];
    let [one, two, three] = &SITES;
    for (outer, inner) in [(one, two), (two, one), (one, three), (one, one)] {
        assert!(is_new_pair(outer, inner));
        assert!(!is_new_pair(outer, inner));
    }
}
