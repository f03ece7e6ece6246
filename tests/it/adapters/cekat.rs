//! Cekat and its reference client: refusals told apart, a minute that is used up, pages by cursor.

use contracts::adapters::cekat::conversations::Selection;
use contracts::adapters::cekat::messages::Outgoing;
use contracts::adapters::cekat::orders::{Change, OrderStatus};
use contracts::adapters::cekat::templates::Sending;
use contracts::adapters::cekat::{Client, Error, Filter, Keys};
use jiff::SignedDuration;
use mock_server::kernel::rate_limit::RateLimiting;
use mock_server::kernel::vendor::Vendor as _;
use mock_server::kernel::workspace::DEFAULT;
use mock_server::vendors::cekat::Cekat;
use mock_server::{Options, Running};

const MAIN: &str = "535e57b7-7e84-4313-aac3-a33d910d86e4";
/// Wrote today, and her number.
const OPEN: &str = "767bae74-ef45-4e57-bf87-c46b1b51808d";
const DEWI: &str = "6280000004352";

/// The mock on a free port, its clock in our hands.
async fn mock(rate_limits: RateLimiting) -> Running {
    let options = Options {
        frozen_at: Some(Cekat::PROFILE.seed_day()),
        ticking: false,
        check_every_answer: true,
        rate_limits,
        ..Options::default()
    };
    mock_server::start(options).await.expect("a server")
}

fn client(running: &Running, keys: &Keys) -> Client {
    Client::new(&running.base_url("cekat"), keys).expect("a client")
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let running = mock(RateLimiting::default()).await;
    let cekat = client(&running, &Keys::api("mock-cekat-key"));
    let stranger = client(&running, &Keys::api("nobodys"));

    let unknown = stranger.people().business().await.expect_err("a stranger");
    assert!(matches!(&unknown, Error::Unauthorized(no) if no.error.message == "Not authenticated"));
    let nobody = cekat.conversations().remove_label("x").await;
    assert!(matches!(nobody, Err(Error::NoCredential("access_token"))));
    let missing = cekat
        .messages()
        .get("nothing")
        .await
        .expect_err("no message");
    assert!(matches!(&missing, Error::NotFound(no) if no.error.message == "Message not found"));
    let wrong = Outgoing::text(OPEN, "6281234567890", "Halo");
    let wrong = cekat
        .messages()
        .send_whatsapp(&wrong)
        .await
        .expect_err("not hers");
    assert!(matches!(wrong, Error::BadRequest(_)));
    let busy = Sending::new("956322736884885", MAIN, "628110004829");
    let busy = cekat
        .templates()
        .send(&busy)
        .await
        .expect_err("a published number");
    assert!(matches!(busy, Error::TooManyRequests { .. }));
    let broken = Sending::new("956322736884885", MAIN, "628110004850");
    let broken = cekat
        .templates()
        .send(&broken)
        .await
        .expect_err("a published number");
    assert!(matches!(broken, Error::Server { status: 500, .. }));
    assert!(
        !format!("{stranger:?}").contains("nobodys"),
        "the key is shown"
    );
    running.stop().await;
}

#[tokio::test]
async fn a_minute_is_counted_down_and_begins_again() {
    let running = mock(RateLimiting::Vendor).await;
    let cekat = client(&running, &Keys::api("mock-cekat-key"));
    for left in (0..10).rev() {
        cekat.people().business().await.expect("a business");
        let counted = cekat.rate_limit().expect("what the vendor counts");
        assert_eq!((counted.limit, counted.remaining), (10, left));
    }
    let Err(Error::TooManyRequests { rate_limit, .. }) = cekat.people().business().await else {
        panic!("an eleventh call within the minute");
    };
    let reset = rate_limit.expect("what the vendor counts").reset;
    assert_eq!(reset, Cekat::PROFILE.seed_day().as_second() + 60);
    let workspace = running
        .app()
        .workspaces()
        .named(DEFAULT)
        .expect("the workspace");
    workspace.advance(SignedDuration::from_mins(1)).await;
    cekat.people().business().await.expect("a business");
    running.stop().await;
}

#[tokio::test]
async fn a_sent_message_is_read_back_and_every_conversation_is_met_once() {
    let running = mock(RateLimiting::default()).await;
    let cekat = client(&running, &Keys::api("mock-cekat-key"));
    let reply = Outgoing::text(OPEN, DEWI, "Siap, Kak.");
    let sent = cekat
        .messages()
        .send_whatsapp(&reply)
        .await
        .expect("sent")
        .data;
    let stored = cekat
        .messages()
        .list(OPEN)
        .await
        .expect("a conversation")
        .data;
    assert_eq!(stored.last().map(|one| &one.sent.id), Some(&sent[0].id));

    let (mut met, mut next) = (Vec::new(), Selection::default());
    next.filter = Filter {
        limit: Some(3),
        ..Filter::default()
    };
    loop {
        let page = cekat.conversations().list(&next).await.expect("a page");
        met.extend(page.data.into_iter().map(|one| one.id));
        let cursor = page
            .metadata
            .next_cursor
            .expect("a cursor, if an empty one");
        if cursor.cursor_id.is_none() {
            break;
        }
        (next.cursor_id, next.cursor_ts) = (cursor.cursor_id, cursor.cursor_ts);
    }
    assert_eq!(
        (met.len(), met.first().map(String::as_str)),
        (7, Some(OPEN))
    );
    met.sort_unstable();
    met.dedup();
    assert_eq!(met.len(), 7);

    let change = Change {
        order_status: Some(OrderStatus::Shipping),
        ..Change::default()
    };
    let order = "8f14f414-e452-4fcc-a3e5-fbc69eee054f";
    cekat
        .orders()
        .update(order, &change)
        .await
        .expect("changed");
    assert_eq!(
        cekat
            .orders()
            .get(order)
            .await
            .expect("an order")
            .data
            .order_status,
        "shipping"
    );
    running.stop().await;
}
