//! Files: prepared here, stored and served by the storage service.

use std::borrow::Cow;

use axum::Json;
use axum::body::Body as ResponseBody;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header;
use jiff::SignedDuration;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha1::{Digest as _, Sha1};

use crate::kernel::extract::{Path, Query, Request};
use crate::kernel::moment::Moment;
use crate::kernel::refusal::Reason;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::heltar::error::Error;
use crate::vendors::heltar::reply::{Reply, reply};
use crate::vendors::heltar::state::{Heltar, Instant};

/// How long an upload stays prepared.
const EXPIRY: SignedDuration = SignedDuration::from_hours(1);

/// How long the random part of a key is; the file's name follows without a separator.
const RANDOM: usize = 21;

/// What stays as it is in a URL's path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A file, or the permission to upload it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    /// Its name in the storage.
    pub key: String,
    /// The content type it was prepared for.
    pub file_type: String,
    /// What proves the permission.
    pub signature: String,
    /// Until when it may be uploaded.
    pub expires_at: Instant,
    /// The bytes, once they came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
}

impl Record for Upload {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.key)
    }
}

/// Bytes, written as base64 in a state dump.
#[derive(Clone, Debug)]
pub struct Content(Bytes);

impl Content {
    fn etag(&self) -> String {
        let hash = Sha1::digest(&self.0);
        let hex: String = hash
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("\"{hex}\"")
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD
            .decode(text)
            .map(|bytes| Self(bytes.into()))
            .map_err(serde::de::Error::custom)
    }
}

/// What `messages.presignedUrl` takes.
#[derive(Debug, Deserialize)]
pub struct Wish {
    file_name: String,
    file_type: String,
}

/// Where to put a file, and where it will be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Prepared {
    signed_request: String,
    url: String,
}

/// `GET /v1/messages/presigned-url` — prepares the upload of one file.
pub async fn presigned_url(
    store: Store<Heltar>,
    Query(wish): Query<Wish>,
) -> Json<Reply<Prepared>> {
    reply(
        "Successfully created signed url!",
        store.write(|heltar, moment| heltar.prepare_upload(&wish, moment)),
    )
}

/// Which file a path means.
#[derive(Debug, Deserialize)]
pub struct At {
    key: String,
}

/// What the signed address of an upload carries; the rest of it is decoration.
#[derive(Debug, Deserialize)]
pub struct Signed {
    #[serde(rename = "X-Amz-Signature")]
    signature: Option<String>,
}

/// `PUT /{key}` — takes the bytes of a prepared upload.
pub async fn put(
    store: Store<Heltar>,
    Path(at): Path<At>,
    Query(signed): Query<Signed>,
    Request(call): Request,
) -> Result<Response, Error> {
    let signature = signed.signature.unwrap_or_default();
    let file_type = call.header("content-type").unwrap_or_default();
    let bytes = call.wire.body.clone();
    let etag = store.try_write(|heltar, moment| {
        heltar.upload(
            &at.key,
            &signature,
            file_type,
            bytes,
            Instant::new(moment.now),
        )
    })?;
    Ok(([(header::ETAG, etag)], ResponseBody::empty()).into_response())
}

/// `GET /{key}` — serves an uploaded file.
pub async fn get(
    store: Store<Heltar>,
    Path(at): Path<At>,
    Request(call): Request,
) -> Result<Response, Error> {
    if at.key.chars().count() <= RANDOM {
        // Both hosts meet under one prefix; this was never a key, so it is the API that does not know it.
        return Err(call.refuse(Reason::UnknownPath).into());
    }
    let (file_type, content) = store.read(|heltar, _| heltar.file(&at.key))?;
    Ok((
        [
            (header::CONTENT_TYPE, file_type),
            (header::ETAG, content.etag()),
        ],
        content.0,
    )
        .into_response())
}

impl Heltar {
    fn prepare_upload(&mut self, wish: &Wish, moment: &mut Moment<'_, Self>) -> Prepared {
        let key = format!("{}{}", moment.ids.nanoid(RANDOM), wish.file_name);
        let signature = moment.ids.hex(64);
        let now = Instant::new(moment.now);
        let url = format!("{}/{}", moment.base_url, utf8_percent_encode(&key, PATH));
        let signed_request = format!(
            "{url}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={}&X-Amz-Expires={}&X-Amz-Signature={signature}\
             &X-Amz-SignedHeaders=content-type%3Bhost",
            now.timestamp().strftime("%Y%m%dT%H%M%SZ"),
            EXPIRY.as_secs(),
        );
        let file_type = wish.file_type.clone();
        self.uploads.put(Upload {
            key,
            file_type,
            signature,
            expires_at: now.plus(EXPIRY),
            content: None,
        });
        Prepared {
            signed_request,
            url,
        }
    }

    /// Keeps the bytes of a prepared upload and returns their tag.
    ///
    /// # Errors
    /// When nothing was prepared, something else was, or it was too long ago.
    pub fn upload(
        &mut self,
        key: &str,
        signature: &str,
        file_type: &str,
        bytes: Bytes,
        now: Instant,
    ) -> Result<String, Error> {
        let prepared = self.uploads.get(key).ok_or(Error::WrongSignature)?;
        if prepared.signature != signature || prepared.file_type != file_type {
            return Err(Error::WrongSignature);
        }
        if prepared.expires_at <= now {
            return Err(Error::UploadExpired);
        }
        let content = Content(bytes);
        let etag = content.etag();
        self.uploads
            .update(key, |upload| upload.content = Some(content));
        Ok(etag)
    }

    fn file(&self, key: &str) -> Result<(String, Content), Error> {
        let found = self.uploads.get(key).ok_or(Error::NoSuchKey)?;
        let content = found.content.clone().ok_or(Error::NoSuchKey)?;
        Ok((found.file_type.clone(), content))
    }
}
