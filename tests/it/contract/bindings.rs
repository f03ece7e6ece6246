//! Every vendor mounts, every operation is bound, every documented request can be sent, and nothing of a
//! collection got lost.

use std::collections::BTreeSet;
use std::path::Path;

use contracts::document::Document;
use mock_server::kernel::routes::Mounted;

use super::case::cases;
use super::wire::{Wire, holes};

/// Items of all five collections.
const ITEMS: usize = 225;
/// Saved responses of all five collections.
const RESPONSES: usize = 190;

fn vendors() -> Vec<Mounted> {
    mock_server::vendors::mount().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_vendor_mounts_with_every_operation_bound() {
    let mounted = vendors();
    let names: BTreeSet<_> = mounted
        .iter()
        .map(|mounted| mounted.name.to_owned())
        .collect();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let folders = fixtures.read_dir().expect("the fixtures can be listed");
    let folders = folders.map(|folder| folder.expect("the fixtures can be listed").file_name());
    let folders: BTreeSet<_> = folders.filter_map(|name| name.into_string().ok()).collect();
    assert_eq!(names, folders, "a vendor for each folder of fixtures");
    for mounted in &mounted {
        assert!(
            !mounted.document.operations().is_empty(),
            "{} has operations",
            mounted.name
        );
        // Asking how an operation is answered panics when nothing does.
        let answered = mounted
            .document
            .operations()
            .iter()
            .map(|one| mounted.answered(one));
        assert_eq!(answered.count(), mounted.document.operations().len());
    }
}

#[test]
fn every_schema_and_pattern_can_be_used() {
    let problems: Vec<_> = vendors()
        .iter()
        .flat_map(|mounted| mounted.document.problems())
        .collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn variables_fill_every_hole_of_every_documented_request() {
    let mut empty = Vec::new();
    for mounted in vendors() {
        for case in cases(mounted.document) {
            let place = format!(
                "{} {} {}",
                mounted.name,
                case.operation.name,
                case.example.unwrap_or(&case.variant)
            );
            empty.extend(
                holes(&case.request)
                    .into_iter()
                    .map(|hole| format!("{place}: {{{{{hole}}}}}")),
            );
            empty.extend(
                Wire::of(&mounted.profile, &case.request)
                    .err()
                    .map(|why| format!("{place}: {why}")),
            );
        }
    }
    assert_eq!(empty, Vec::<String>::new());
}

#[test]
fn every_vendor_has_demo_credentials() {
    for mounted in vendors() {
        let profile = &mounted.profile;
        assert!(
            !profile.demo_headers.is_empty() || !profile.demo_fields.is_empty(),
            "{}",
            mounted.name
        );
    }
}

#[test]
fn no_item_and_no_saved_response_is_lost() {
    let vendors = vendors();
    let mut lost = Vec::new();
    for mounted in &vendors {
        let import = mounted.document.import();
        let (items, responses) = (items_of(mounted.document), responses_of(mounted.document));
        if (items.len(), responses.len()) != (import.items, import.responses) {
            let found = format!(
                "{} of {} items, {} of {} responses",
                items.len(),
                import.items,
                responses.len(),
                import.responses
            );
            lost.push(format!("{}: {found}", mounted.name));
        }
    }
    assert_eq!(lost, Vec::<String>::new());
    let all = vendors.iter().map(|mounted| mounted.document.import());
    let (items, responses) = all.fold((0, 0), |(items, responses), one| {
        (items + one.items, responses + one.responses)
    });
    assert_eq!((items, responses), (ITEMS, RESPONSES));
}

/// The items of the collection that the contract speaks of, or says it leaves out.
fn items_of(document: &Document) -> BTreeSet<&str> {
    let operations = || document.operations().iter();
    let variants = operations().flat_map(|operation| &operation.variants);
    let variants = variants.flat_map(|variant| variant.item.iter().chain(&variant.copies));
    let examples = operations()
        .flat_map(|operation| operation.examples())
        .filter_map(|(_, example)| example.item.as_ref());
    let webhooks = document
        .webhooks()
        .iter()
        .flat_map(|webhook| webhook.item.iter().chain(&webhook.items));
    let ignored = document
        .import()
        .ignored
        .iter()
        .map(|ignored| &ignored.item);
    variants
        .chain(examples)
        .chain(webhooks)
        .chain(ignored)
        .map(String::as_str)
        .collect()
}

/// The saved responses that the contract keeps.
fn responses_of(document: &Document) -> BTreeSet<&str> {
    let examples = document
        .operations()
        .iter()
        .flat_map(|operation| operation.examples());
    examples
        .filter_map(|(_, example)| example.response_id.as_deref())
        .collect()
}
