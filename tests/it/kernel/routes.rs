//! A vendor whose bindings do not fit its contract does not start.

use mock_server::kernel::routes::{Mounted, Routes, Unmountable};
use mock_server::kernel::vendor::Vendor;

use crate::support::toy::{self, Toy};

fn problems(routes: impl FnOnce(Routes<Toy>) -> Routes<Toy>) -> String {
    match Mounted::with_routes::<Toy>(routes) {
        Err(Unmountable::Routes(bad)) => bad.to_string(),
        Err(other) => other.to_string(),
        Ok(_) => "none".to_owned(),
    }
}

async fn nothing() {}

#[test]
fn a_fitting_vendor_mounts() {
    assert_eq!(problems(Toy::routes), "none");
    assert_eq!(toy::KEY, Toy::PROFILE.demo_headers[0].1);
}

#[test]
fn a_gap_is_named() {
    let bound = |routes: Routes<Toy>| {
        routes
            .on("notes.list", nothing)
            .on("notes.create", nothing)
            .on("notes.search", nothing)
            .on("notes.get", nothing)
    };
    insta::assert_snapshot!(problems(bound), @r#"the routes of toy do not fit its contract: "reports.get" is not bound to a handler"#);
}

#[test]
fn a_stray_is_named_with_what_is_known() {
    let bound = |routes: Routes<Toy>| routes.on("notes.lst", nothing).replay_the_rest();
    insta::assert_snapshot!(problems(bound), @r#"the routes of toy do not fit its contract: "notes.lst" is bound but is no operation; known are notes.list, notes.search, notes.create, notes.get, reports.get"#);
}

#[test]
fn a_double_is_named() {
    let bound = |routes: Routes<Toy>| {
        routes
            .on("notes.list", nothing)
            .on("notes.list", nothing)
            .replay_the_rest()
    };
    insta::assert_snapshot!(problems(bound), @r#"the routes of toy do not fit its contract: "notes.list" is bound twice"#);
}
