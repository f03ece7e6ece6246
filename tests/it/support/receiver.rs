//! A webhook receiver on a free loopback port that remembers what arrived.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode, Uri};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// How the receiver answers: the planned answers in order, then 200.
pub struct Receiver {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    arrived: Mutex<Vec<Arrived>>,
    answers: Mutex<VecDeque<(StatusCode, HeaderMap)>>,
}

impl Receiver {
    /// Starts to listen.
    pub async fn start() -> Self {
        let state = Arc::new(State::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::clone(&state);
        let app = Router::new().fallback(
            move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
                let state = Arc::clone(&shared);
                async move {
                    state.take(Arrived {
                        method,
                        uri,
                        headers,
                        body,
                    })
                }
            },
        );
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            address,
            state,
            task,
        }
    }

    /// Where it listens.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers the next request with `status` instead of 200.
    pub fn answer_next(&self, status: StatusCode) {
        self.answer_next_with(status, HeaderMap::new());
    }

    /// Answers the next request with `status` and `headers` instead of 200.
    pub fn answer_next_with(&self, status: StatusCode, headers: HeaderMap) {
        self.state
            .answers
            .lock()
            .unwrap()
            .push_back((status, headers));
    }

    /// Everything that arrived, in order.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.state.arrived.lock().unwrap().clone()
    }
}

impl State {
    fn take(&self, arrived: Arrived) -> Response {
        self.arrived.lock().unwrap().push(arrived);
        let planned = self.answers.lock().unwrap().pop_front();
        let (status, headers) = planned.unwrap_or((StatusCode::OK, HeaderMap::new()));
        (status, headers, "received").into_response()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}
