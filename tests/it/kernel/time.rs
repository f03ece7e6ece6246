//! Clocks, plans and progress, tried on the toy vendor.

use std::time::Duration;

use insta::assert_snapshot;
use mock_server::kernel::moment::Progress;
use serde_json::json;

use crate::support::story;
use crate::support::story::story_with;
use crate::support::toy::Toy;

#[tokio::test]
async fn what_is_planned_comes_about_when_the_clock_gets_there() {
    let mut story = story::<Toy>();
    story.post("/notes", json!({"title": "Milk"})).await;
    story.wait(Duration::from_secs(59)).await;
    story.wait(Duration::from_secs(1)).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn under_manual_progress_nothing_comes_about_until_nudged() {
    let mut story = story_with::<Toy>(|options| options.progress = Progress::Manual);
    let note = story.post("/notes", json!({"title": "Milk"})).await.json();
    story.wait(Duration::from_secs(3600)).await;
    assert_eq!(story.workspace().events.entries().len(), 1);
    story.happen(json!({"archived": {"id": note["id"]}})).await;
    assert_eq!(story.workspace().events.entries().len(), 2);
}

#[tokio::test]
async fn under_instant_progress_everything_comes_about_at_once() {
    let mut story = story_with::<Toy>(|options| options.progress = Progress::Instant);
    story.post("/notes", json!({"title": "Milk"})).await;
    story.wait(Duration::ZERO).await;
    let names: Vec<_> = story
        .workspace()
        .events
        .entries()
        .iter()
        .map(|event| event.name.clone())
        .collect();
    assert_eq!(names, ["note.created", "note.archived"]);
}

#[tokio::test]
async fn one_seed_gives_the_same_bytes() {
    let play = async |seed| {
        let mut story = story_with::<Toy>(|options| options.seed = seed);
        story.post("/notes", json!({"title": "Milk"})).await;
        story.wait_until_idle().await;
        story.transcript()
    };
    assert_eq!(play(7).await, play(7).await);
    assert_ne!(play(7).await, play(8).await);
}

#[tokio::test]
async fn what_was_dumped_is_restored_to_the_byte_with_its_plans() {
    let mut story = story::<Toy>();
    story.post("/notes", json!({"title": "Milk"})).await;
    let before = story.state();
    assert_eq!(before["plans"].as_array().map(Vec::len), Some(1));
    story.wait_until_idle().await;
    assert_ne!(story.state(), before);
    let slot = story.workspace().slot("toy").unwrap();
    slot.restore(&before).unwrap();
    assert_eq!(slot.dump().to_string(), before.to_string());
}

#[tokio::test]
async fn a_state_with_strange_members_is_refused_and_changes_nothing() {
    let story = story::<Toy>();
    let slot = story.workspace().slot("toy").unwrap();
    let before = slot.dump();
    let error = slot
        .restore(&json!({"keys": [], "notes": [], "pens": 3}))
        .unwrap_err();
    assert_snapshot!(error, @"not a state of toy: at pens: unknown field `pens`, expected `keys` or `notes`");
    assert_eq!(slot.dump(), before);
}
