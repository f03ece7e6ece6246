//! Signs deliveries, so that a receiver can check who sent them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// How deliveries are signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Signature {
    /// Not at all.
    #[default]
    None,
    /// Meta's `X-Hub-Signature-256`: HMAC-SHA256 of the body, hexadecimal.
    Meta {
        /// The app secret.
        secret: String,
    },
    /// Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    Standard {
        /// The secret, `whsec_` and base64, or plain text.
        secret: String,
    },
    /// HMAC-SHA256 of the body, hexadecimal, in headers of the endpoint's choice.
    Headers {
        /// The headers' names; one called `x-hub-signature-256` gets Meta's form.
        headers: Vec<String>,
        /// The secret.
        secret: String,
    },
}

impl Signature {
    /// The headers that prove `body`, delivered as `message_id` at `at`.
    #[must_use]
    pub fn headers(&self, message_id: &str, at: Timestamp, body: &[u8]) -> Vec<(String, String)> {
        match self {
            Self::None => Vec::new(),
            Self::Meta { secret } => vec![meta(secret, body)],
            Self::Standard { secret } => standard(secret, message_id, at, body),
            Self::Headers { headers, secret } => headers
                .iter()
                .map(|name| {
                    if name.eq_ignore_ascii_case(META) {
                        meta(secret, body)
                    } else {
                        (name.clone(), hexadecimal(&hmac(secret.as_bytes(), &[body])))
                    }
                })
                .collect(),
        }
    }
}

const META: &str = "x-hub-signature-256";

fn meta(secret: &str, body: &[u8]) -> (String, String) {
    let signature = hexadecimal(&hmac(secret.as_bytes(), &[body]));
    (META.to_owned(), format!("sha256={signature}"))
}

fn standard(secret: &str, message_id: &str, at: Timestamp, body: &[u8]) -> Vec<(String, String)> {
    let bare = secret.strip_prefix("whsec_");
    let decoded = bare.and_then(|bare| STANDARD.decode(bare).ok());
    let key = decoded.unwrap_or_else(|| secret.as_bytes().to_vec());
    let timestamp = at.as_second().to_string();
    let signed = [
        message_id.as_bytes(),
        b".",
        timestamp.as_bytes(),
        b".",
        body,
    ];
    let signature = STANDARD.encode(hmac(&key, &signed));
    vec![
        ("webhook-id".to_owned(), message_id.to_owned()),
        ("webhook-timestamp".to_owned(), timestamp),
        ("webhook-signature".to_owned(), format!("v1,{signature}")),
    ]
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meta_signature_is_the_hexadecimal_hmac_of_the_body() {
        // RFC 4231, test case 2.
        let signature = Signature::Meta {
            secret: "Jefe".into(),
        };
        let headers = signature.headers(
            "msg",
            Timestamp::UNIX_EPOCH,
            b"what do ya want for nothing?",
        );
        assert_eq!(
            headers,
            [(
                "x-hub-signature-256".to_owned(),
                "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
                    .to_owned()
            )]
        );
    }

    #[test]
    fn a_standard_signature_covers_id_time_and_body() {
        // The example of the Standard Webhooks libraries.
        let signature = Signature::Standard {
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(),
        };
        let at = Timestamp::from_second(1_614_265_330).unwrap();
        let headers = signature.headers(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(headers[1].1, "1614265330");
        assert_eq!(
            headers[2].1,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
