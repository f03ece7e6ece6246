//! A second of silence as MP3, made frame by frame.

use bytes::Bytes;

/// The header of a frame: MPEG 1 layer III without checksum, 32 kbit/s, 44.1 kHz, no padding, one channel.
const HEADER: [u8; 4] = [0xFF, 0xFB, 0x10, 0xC0];

/// How long such a frame is: 144 × 32 000 / 44 100 bytes, rounded down.
const FRAME: usize = 104;

/// How many frames make a second; each holds 1152 samples.
const FRAMES: usize = 39;

/// The whole file. Frames of zeros have no audio data, which every decoder plays as silence.
#[must_use]
pub fn mp3() -> Bytes {
    let mut frame = [0; FRAME];
    frame[..HEADER.len()].copy_from_slice(&HEADER);
    frame.repeat(FRAMES).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_begins_with_a_header_and_lasts_as_it_says() {
        let file = mp3();
        assert_eq!(file.len(), FRAME * FRAMES);
        assert!(file.chunks(FRAME).all(|frame| frame.starts_with(&HEADER)));
        let milliseconds = FRAMES * 1152 * 1000 / 44_100;
        assert!((1000..1030).contains(&milliseconds));
    }
}
