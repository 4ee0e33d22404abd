use super::*;

/// The most that calls make, with these tables in the file and these settings in code.
fn max(file: &str, code: &[(&str, u32)]) -> u32 {
    overrides::reset();
    overrides::load_toml(file, "retries.toml").unwrap();
    for (name, max) in code {
        overrides::set(name, Policy::builder().max(*max)).unwrap();
    }
    Went::now().calls
}

#[test]
fn the_most_specific_name_wins() {
    let _board = Board::empty();
    let all = "[\"*\"]\nmax = 2\n";
    let short = "[\"shop::*\"]\nmax = 4\n";
    let long = "[\"shop::fet*\"]\nmax = 5\n";
    let exact = "[\"shop::fetch\"]\nmax = 6\n";
    assert_eq!(max(all, &[]), 2);
    assert_eq!(max(&format!("{all}{short}"), &[]), 4);
    assert_eq!(max(&format!("{long}{all}{short}"), &[]), 5);
    assert_eq!(max(&format!("{exact}{long}{all}{short}"), &[]), 6);
    assert_eq!(max(&format!("{short}{all}{long}{exact}"), &[]), 6);
    // Of these, the letters count, not the length.
    assert_eq!(max("[\"shop::????h\"]\nmax = 4\n[\"shop::fe*\"]\nmax = 5\n", &[]), 5);
}

#[test]
fn of_the_same_name_code_wins_over_the_file() {
    let _board = Board::empty();
    let exact = "[\"shop::fetch\"]\nmax = 6\n";
    assert_eq!(max(exact, &[("shop::fetch", 7)]), 7);
    assert_eq!(max(exact, &[("shop::*", 7)]), 6, "a name is more specific");
    assert_eq!(max("[\"shop::*\"]\nmax = 6\n", &[("shop::*", 7)]), 7);
    // The pattern has a letter more than the name, or as many.
    let name = "[\"shop::fetch\"]\nmax = 6\n";
    assert_eq!(max(name, &[("shop::fetch*", 7)]), 6, "a name is more specific");
    assert_eq!(max(&format!("{name}[\"*shop::fetch*\"]\nmax = 9\n"), &[]), 6);
    // As many letters.
    assert_eq!(max("[\"*::fetch\"]\nmax = 6\n", &[("shop::fe*", 7)]), 7);
    assert_eq!(max("", &[("shop::fetch", 7), ("shop::fetch", 8)]), 8, "the later one");
}

#[test]
fn each_setting_is_taken_from_where_it_is_set() {
    let _board = Board::empty();
    file("shop::*", "max = 4\ndelay = \"10ms\"");
    overrides::set("shop::fetch", Policy::builder().factor(1.0)).unwrap();
    assert_eq!(Went::now(), went(4, [10, 10, 10], "max_attempts"));
}
