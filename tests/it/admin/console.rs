//! The console's files, as a browser gets them.

use axum::body::Body;
use http::{Method, Request, StatusCode};

use super::Server;
use crate::support::story::{Answer, read};

async fn open(method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in [("host", "127.0.0.1:4600")].iter().chain(headers) {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    read(Server::new().0.answer(request).await).await
}

#[tokio::test]
async fn the_front_page_is_the_console_and_lets_nothing_in_from_outside() {
    let page = open(Method::GET, "/", &[("accept", "text/html,*/*")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert!(page.text.starts_with("<!doctype html>"), "{}", page.text);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    assert!(
        !policy.contains("unsafe") && !policy.contains("http"),
        "{policy}"
    );
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    let tag = page.headers["etag"].to_str().unwrap();
    let again = open(Method::GET, "/index.html", &[("if-none-match", tag)]).await;
    assert_eq!(
        (again.status, again.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
}

#[tokio::test]
async fn a_program_gets_the_front_page_as_json() {
    let page = open(Method::GET, "/", &[("accept", "application/json")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("\"vendors\":[\"/toy\"]"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn what_is_no_file_is_not_found_and_files_are_only_read() {
    let missing = open(Method::GET, "/nothing.js", &[]).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let outside = open(Method::GET, "/../Cargo.toml", &[]).await;
    assert_eq!(outside.status, StatusCode::NOT_FOUND, "{}", outside.text);
    let posted = open(Method::POST, "/index.html", &[]).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
}
