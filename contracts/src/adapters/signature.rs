//! Signatures of webhooks: who knows the secret can tell the vendor from anybody else.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Whether `hexadecimal` is the HMAC-SHA256 of a body, compared in constant time.
pub(super) fn is_of(secret: &str, body: &[u8], hexadecimal: &str) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    mac.update(body);
    bytes(hexadecimal).is_some_and(|claimed| mac.verify_slice(&claimed).is_ok())
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = hexadecimal
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_body_that_was_signed_has_the_signature() {
        // The test vector of RFC 4231, 4.3.
        let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let body = b"what do ya want for nothing?";
        assert!(is_of("Jefe", body, signature));
        assert!(is_of("Jefe", body, &signature.to_uppercase()));
        assert!(!is_of("Jefe", b"something else", signature));
        assert!(!is_of("somebody else", body, signature));
        for broken in ["", "5b", "5", "é", &format!("{signature}00"), "+b"] {
            assert!(!is_of("Jefe", body, broken), "{broken}");
        }
    }
}
