//! The only source of identifiers and chance: seeded, so that one seed gives the same bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

/// A stream of identifiers with the structure the real ones have.
#[derive(Clone, Debug)]
pub struct Ids {
    random: ChaCha8Rng,
}

/// A place in the stream to go back to when a transaction is refused.
#[derive(Clone, Copy, Debug)]
pub struct Mark(u128);

impl Ids {
    /// The stream of one `purpose` (a vendor, the faults, …) under a workspace's `seed`.
    #[must_use]
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(purpose.as_bytes());
        Self {
            random: ChaCha8Rng::from_seed(hash.finalize().into()),
        }
    }

    /// Where the stream stands.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.random.get_word_pos())
    }

    /// Goes back to `mark`: what was handed out since will be handed out again.
    pub fn rewind(&mut self, mark: Mark) {
        self.random.set_word_pos(mark.0);
    }

    /// `N` bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill_bytes(&mut bytes);
        bytes
    }

    /// A number in `0..bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        // 128-bit multiplication spreads the draw evenly enough for any bound used here.
        ((u128::from(self.random.next_u64()) * u128::from(bound.max(1))) >> 64) as u64
    }

    /// A number in `low..=high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True with the given probability (0 never, 1 always).
    pub fn chance(&mut self, probability: f64) -> bool {
        let draw = (self.random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        draw < probability
    }

    /// A version 4 UUID.
    pub fn uuid(&mut self) -> Uuid {
        Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// `length` characters out of `alphabet` (ASCII).
    pub fn from_alphabet(&mut self, alphabet: &str, length: usize) -> String {
        let letters = alphabet.as_bytes();
        (0..length)
            .map(|_| char::from(letters[self.below(letters.len() as u64) as usize]))
            .collect()
    }

    /// `length` lower-case hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        self.from_alphabet("0123456789abcdef", length)
    }

    /// `length` decimal digits, leading zeros kept.
    pub fn digits(&mut self, length: usize) -> String {
        self.from_alphabet("0123456789", length)
    }

    /// `length` letters and digits.
    pub fn alphanumeric(&mut self, length: usize) -> String {
        self.from_alphabet(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            length,
        )
    }

    /// A nanoid of `length` characters, as the JavaScript library of that name makes them.
    pub fn nanoid(&mut self, length: usize) -> String {
        self.from_alphabet(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
            length,
        )
    }

    /// The id of a message sent to `peer` (digits): `wamid.` and base64 of
    /// `1C 18 <length> <digits> 15 02 00 11 18 12 <18 upper-case hex> 00`.
    pub fn wamid(&mut self, peer: &str) -> String {
        let tail = self.from_alphabet("0123456789ABCDEF", 18);
        wamid(peer, &[0x11, 0x18, 0x12], &tail)
    }

    /// The id of a message received from `peer` (digits): as [`Ids::wamid`], with the marker
    /// `12 18 14` and 20 hexadecimal digits.
    pub fn inbound_wamid(&mut self, peer: &str) -> String {
        let tail = self.from_alphabet("0123456789ABCDEF", 20);
        wamid(peer, &[0x12, 0x18, 0x14], &tail)
    }
}

fn wamid(peer: &str, marker: &[u8; 3], tail: &str) -> String {
    let length = u8::try_from(peer.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![0x1C, 0x18, length];
    bytes.extend_from_slice(peer.as_bytes());
    bytes.extend_from_slice(&[0x15, 0x02, 0x00]);
    bytes.extend_from_slice(marker);
    bytes.extend_from_slice(tail.as_bytes());
    bytes.push(0);
    format!("wamid.{}", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_identifiers() {
        let (mut one, mut two) = (Ids::new(7, "toy"), Ids::new(7, "toy"));
        assert_eq!(one.uuid(), two.uuid());
        assert_eq!(one.hex(24), two.hex(24));
        assert_ne!(Ids::new(7, "toy").uuid(), Ids::new(8, "toy").uuid());
        assert_ne!(Ids::new(7, "toy").uuid(), Ids::new(7, "other").uuid());
    }

    #[test]
    fn a_rewound_stream_repeats_itself() {
        let mut ids = Ids::new(7, "toy");
        let mark = ids.mark();
        let first = ids.wamid("919000005883");
        ids.rewind(mark);
        assert_eq!(ids.wamid("919000005883"), first);
    }

    #[test]
    fn a_wamid_has_the_true_structure() {
        let id = Ids::new(7, "toy").wamid("919000005883");
        let bytes = STANDARD.decode(id.strip_prefix("wamid.").unwrap()).unwrap();
        assert_eq!(bytes.len(), 40);
        assert_eq!(bytes[..3], [0x1C, 0x18, 12]);
        assert_eq!(&bytes[3..15], b"919000005883");
        assert_eq!(bytes[15..21], [0x15, 0x02, 0x00, 0x11, 0x18, 0x12]);
        assert!(
            bytes[21..39]
                .iter()
                .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_lowercase())
        );
        assert_eq!(bytes[39], 0);
    }
}
