//! Signs deliveries, so that a receiver can check who sent them.

use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;

use super::chaos::Forgery;

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

impl Signature {
    /// Headers that prove nothing.
    #[must_use]
    pub fn forged(
        &self,
        how: Forgery,
        message_id: &str,
        at: Timestamp,
        body: &[u8],
    ) -> Vec<(String, String)> {
        const HOUR: SignedDuration = SignedDuration::from_hours(1);
        match (how, self) {
            (Forgery::Missing, _) => Vec::new(),
            (Forgery::Stale, Self::Standard { .. }) => {
                let then = at.saturating_sub(HOUR).unwrap_or(at);
                self.headers(message_id, then, body)
            }
            // Where no time is signed, nothing can be stale.
            (Forgery::Wrong | Forgery::Stale, _) => self.elsewhere().headers(message_id, at, body),
        }
    }

    /// The same with another secret.
    fn elsewhere(&self) -> Self {
        let mut other = self.clone();
        match &mut other {
            Self::None => {}
            Self::Meta { secret } | Self::Standard { secret } | Self::Headers { secret, .. } => {
                *secret = format!("not {secret}");
            }
        }
        other
    }

    /// How a request with these headers was signed, for people: what was covered, and how to check it.
    #[must_use]
    pub fn explained(&self, headers: &HeaderMap, message_id: &str) -> Option<Value> {
        let (scheme, names, signed): (_, Vec<&str>, _) = match self {
            Self::None => return None,
            Self::Meta { .. } => ("meta", vec![META], "the body, byte for byte".to_owned()),
            Self::Headers { headers, .. } => {
                let names = headers.iter().map(String::as_str).collect();
                ("headers", names, "the body, byte for byte".to_owned())
            }
            Self::Standard { .. } => {
                let shown = headers.get("webhook-timestamp");
                let time = shown.and_then(|time| time.to_str().ok()).unwrap_or("-");
                let signed = format!("{message_id}.{time}.<the body, byte for byte>");
                ("standard", vec!["webhook-signature"], signed)
            }
        };
        let shown = names.iter().find_map(|name| {
            let value = headers.get(*name)?.to_str().ok()?;
            Some((*name, value))
        });
        let explained = match (scheme, shown) {
            (_, None) => "the endpoint has a secret, but no signature was sent".to_owned(),
            ("standard", _) => {
                "v1, and base64 of HMAC-SHA256 with the secret (base64-decoded after whsec_)"
                    .to_owned()
            }
            (_, Some((META, _))) => {
                "sha256= and hexadecimal of HMAC-SHA256 with the secret".to_owned()
            }
            _ => "hexadecimal of HMAC-SHA256 with the secret".to_owned(),
        };
        Some(json!({
            "scheme": scheme,
            "header": shown.map(|(name, _)| name),
            "value": shown.map(|(_, value)| value),
            "signed": signed,
            "explained": explained,
        }))
    }
}

/// What a receiver finds out about a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// No secret was given to check it with.
    NotAsked,
    /// There is none.
    Missing,
    /// It is the one it should be, in this header.
    Right(String),
    /// It is another, in this header.
    Wrong(String),
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str("not checked, without --secret"),
            Self::Missing => f.write_str("missing"),
            Self::Right(header) => write!(f, "right ({header})"),
            Self::Wrong(header) => write!(f, "WRONG ({header})"),
        }
    }
}

impl Signature {
    /// Checks the signature of a request as its receiver does: Meta's, that of Standard Webhooks, or the
    /// hexadecimal one in `header`.
    #[must_use]
    pub fn check(secret: &str, header: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Checked {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let (name, expected) =
            if let (Some(id), Some(time)) = (text("webhook-id"), text("webhook-timestamp")) {
                let at = time
                    .parse()
                    .ok()
                    .and_then(|at| Timestamp::from_second(at).ok());
                let made = standard(secret, id, at.unwrap_or(Timestamp::MIN), body);
                ("webhook-signature", made[2].1.clone())
            } else if header.is_none_or(|name| name.eq_ignore_ascii_case(META)) {
                (META, meta(secret, body).1)
            } else {
                let name = header.unwrap_or(META);
                (name, hexadecimal(&hmac(secret.as_bytes(), &[body])))
            };
        match text(name) {
            None => Checked::Missing,
            Some(shown) if shown.split(' ').any(|one| one == expected) => {
                Checked::Right(name.to_owned())
            }
            Some(_) => Checked::Wrong(name.to_owned()),
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
