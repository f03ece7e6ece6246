//! Omnichat: who of the team works in a customer's room.

use insta::assert_snapshot;
use mock_server::vendors::omnichat::Omnichat;
use serde_json::{Value, json};

use crate::support::story::{Story, story};

const ALONE: &str = "85215022101325";
const TOGETHER: &str = "85215022101326";

fn of(user: &str, more: Value) -> Value {
    let mut body = json!({"platform": "whatsapp", "channelId": "85250000001", "userId": user});
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

fn sales_one() -> Value {
    json!({"agentEmployeeCode": "EM0001", "agentShopLocationCode": "SHOP02"})
}

/// The answer: its status, and what it says if it says anything.
async fn ask(story: &mut Story, what: &str, body: Value) -> String {
    let answer = story.post(&format!("/v1/rooms/{what}"), body).await;
    format!("{} {}", answer.status.as_u16(), answer.text)
        .trim_end()
        .to_owned()
}

fn find<'a>(state: &'a Value, table: &str, member: &str, value: &str) -> &'a Value {
    let mut rows = state[table].as_array().expect("a table").iter();
    rows.find(|row| row[member] == value).expect("a row")
}

fn room(story: &Story, user: &str) -> (Value, Value) {
    let state = story.state();
    let contact = format!("whatsapp/85250000001/{user}");
    let room = find(&state, "rooms", "contact", &contact);
    (room["followUpAgent"].clone(), room["collaborators"].clone())
}

fn binding(story: &Story, user: &str) -> Value {
    find(&story.state(), "contacts", "userId", user)["agent"].clone()
}

#[tokio::test]
async fn a_sales_agent_who_follows_a_room_up_is_bound_to_the_customer() {
    let mut story = story::<Omnichat>();
    assert_eq!(
        ask(&mut story, "assign-agent", of(ALONE, sales_one())).await,
        "204"
    );
    let one = json!("a0000002-0000-4000-8000-000000000002");
    assert_eq!(room(&story, ALONE), (one.clone(), json!([])));
    let bound = binding(&story, ALONE);
    assert_eq!((&bound["agent"], &bound["shop"]), (&one, &json!("SHOP02")));
    assert_eq!(
        ask(&mut story, "unassign-agent", of(ALONE, json!({}))).await,
        "204"
    );
    assert_eq!(room(&story, ALONE), (json!(null), json!([])));
    assert_eq!(binding(&story, ALONE), json!(null));
    let again = ask(&mut story, "unassign-agent", of(ALONE, json!({}))).await;
    assert_eq!(again, "204", "there is nothing left to take");
    story.assert_honest();
}

#[tokio::test]
async fn who_serves_customers_is_bound_to_none_and_stays() {
    let mut story = story::<Omnichat>();
    let by_phone = json!({"agentPhone": "+852 9876 5432", "agentEmail": ""});
    assert_eq!(
        ask(&mut story, "assign-agent", of(ALONE, by_phone)).await,
        "204"
    );
    assert_eq!(binding(&story, ALONE), json!(null));
    assert_eq!(
        ask(&mut story, "unassign-agent", of(ALONE, json!({}))).await,
        "204"
    );
    let (agent, _) = room(&story, ALONE);
    assert_eq!(agent, "a0000001-0000-4000-8000-000000000001");
}

#[tokio::test]
async fn in_a_room_with_collaborators_sales_agents_must_be_among_them() {
    let mut story = story::<Omnichat>();
    let refused = ask(&mut story, "assign-agent", of(TOGETHER, sales_one())).await;
    assert_snapshot!(refused, @r#"400 {"message":"OCE::BAD_REQUEST::agent is not a collaborator of the room"}"#);
    let cs = json!({"agentEmail": "agent001@example.com"});
    assert_eq!(
        ask(&mut story, "assign-agent", of(TOGETHER, cs)).await,
        "204"
    );
    for _ in 0..2 {
        let taken = ask(&mut story, "assign-collaborator", of(TOGETHER, sales_one())).await;
        assert_eq!(taken, "204", "twice is as good as once");
    }
    let (_, collaborators) = room(&story, TOGETHER);
    assert_eq!(collaborators.as_array().map(Vec::len), Some(2));
    assert_eq!(
        ask(&mut story, "assign-agent", of(TOGETHER, sales_one())).await,
        "204"
    );
    let by_code = json!({"agentEmployeeCode": "EM0001"});
    let left = ask(&mut story, "unassign-collaborator", of(TOGETHER, by_code)).await;
    assert_eq!(left, "204", "here nobody asks for the shop");
    let (_, collaborators) = room(&story, TOGETHER);
    assert_eq!(
        collaborators,
        json!(["a0000003-0000-4000-8000-000000000003"])
    );
}

#[tokio::test]
async fn every_row_of_the_table_is_answered_in_its_turn() {
    let mut story = story::<Omnichat>();
    let mut told = String::new();
    for what in [
        "assign-agent",
        "assign-collaborator",
        "unassign-agent",
        "unassign-collaborator",
    ] {
        told.push_str(&format!("{what}\n"));
        for body in [
            json!({}),
            json!({"userId": " "}),
            json!({"userId": ALONE, "channelId": ""}),
            json!({"userId": ALONE, "channelId": "85250000001", "platform": null}),
            json!({"userId": ALONE, "channelId": "85250000001", "platform": "telegram"}),
            of(ALONE, json!({"agentEmail": "", "agentPhone": null})),
            of(ALONE, json!({"agentEmployeeCode": "EM0001"})),
            of(
                ALONE,
                json!({"channelId": "85250000009", "agentEmail": "agent001@example.com"}),
            ),
            of("85200000000", json!({"agentEmail": "agent001@example.com"})),
            json!({"platform": "line", "channelId": "12345678", "userId": "U0000", "agentEmail": "agent001@example.com"}),
            of(ALONE, json!({"agentEmail": "nobody@example.com"})),
            of(
                ALONE,
                json!({"agentEmployeeCode": "EM0001", "agentShopLocationCode": "SHOP-A"}),
            ),
            of(ALONE, json!({"agentEmail": 5})),
        ] {
            told.push_str(&format!("  {}\n", ask(&mut story, what, body).await));
        }
    }
    story.assert_honest();
    assert_snapshot!(told);
}

#[tokio::test]
async fn the_module_is_looked_at_after_the_platform() {
    let mut story = story::<Omnichat>();
    let mut state = story.state();
    state["team"]["modules"] = json!(["open_api_omo"]);
    let slot = story.workspace().slot("omnichat").unwrap();
    slot.restore(&state).unwrap();
    let missing = ask(&mut story, "assign-agent", json!({})).await;
    assert_snapshot!(missing, @r#"400 {"message":"OCE::BAD_REQUEST::userId is required"}"#);
    let module = ask(&mut story, "assign-agent", of(ALONE, json!({}))).await;
    assert_snapshot!(module, @r#"400 {"message":"OCE::BAD_REQUEST::team (demo) is not supported to use Open API Customer Service"}"#);
    let other = ask(&mut story, "unassign-agent", of(ALONE, json!({}))).await;
    assert_eq!(other, "204", "this one belongs to a module of its own");
}

#[tokio::test]
async fn a_room_is_found_by_the_user_id_of_whatsapp() {
    let mut story = story::<Omnichat>();
    let lena = json!({
        "platform": "whatsapp", "channelId": "85290000001", "bsuid": "HK.10000000000000000001",
        "agentEmail": "sales1@example.com",
    });
    assert_eq!(ask(&mut story, "assign-agent", lena).await, "204");
    let bound = binding(&story, "85260000006");
    assert_eq!(
        bound["shop"], "SHOP02",
        "the agent's own shop, where none is named"
    );
}
