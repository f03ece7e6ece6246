//! The HTTP client of the command line: no proxy, no redirects, nothing from the environment.

use std::sync::Once;

/// A client that asks only the address it is given.
///
/// # Errors
/// When no TLS is to be had.
pub fn plain() -> reqwest::Result<reqwest::Client> {
    install_tls();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

/// Makes the cryptography known that TLS uses; once per process.
pub fn install_tls() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // An error says that somebody else installed one before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
