//! One reference client per vendor: typed, written by hand, and knowing nothing of the contract files.

pub mod balesotomatis;

use std::time::Duration;

use reqwest::redirect;

/// The HTTP client of all adapters: patient for 30 s, and never led elsewhere by a redirect or a proxy.
fn http() -> Result<reqwest::Client, reqwest::Error> {
    // The first one to ask decides for the process; that somebody else did is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
}
