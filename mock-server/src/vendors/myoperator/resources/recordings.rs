//! Recordings of calls, and the links under which they can be fetched for a day.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::parameters::Parameters;
use crate::kernel::extract::{Path, Query, Request};
use crate::kernel::ids::Ids;
use crate::kernel::store::Store;
use crate::vendors::myoperator::auth::Caller;
use crate::vendors::myoperator::error::Error;
use crate::vendors::myoperator::state::MyOperator;

pub mod silence;

/// How long a link works.
const LINK: SignedDuration = SignedDuration::from_hours(24);

/// What stays as it is in a URL's path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// How long the part of a signature is that makes it new each time.
const SALT: usize = 8;

/// Where a recording can be fetched.
#[derive(Debug, Serialize)]
pub struct Link {
    status: &'static str,
    code: u16,
    url: String,
}

/// `GET /search/recordings/link` — gives a link to a recording; a new one each time, good for a day.
pub async fn link(
    store: Store<MyOperator>,
    axum::Extension(caller): axum::Extension<Caller>,
    Request(call): Request,
) -> Result<Json<Link>, Error> {
    let file = Parameters::of(&call).required("file")?;
    let url = store.try_write(|vendor, moment| {
        let path = vendor.recording_link(&caller.company, &file, moment.now, moment.ids)?;
        Ok::<_, Error>(format!("{}/recordings/files/{path}", moment.base_url))
    })?;
    Ok(Json(Link {
        status: "success",
        code: 200,
        url,
    }))
}

/// Which file a path means.
#[derive(Debug, Deserialize)]
pub struct At {
    file: String,
}

/// What a link carries besides.
#[derive(Debug, Deserialize)]
pub struct Signed {
    expires: Option<String>,
    sig: Option<String>,
}

/// `GET /recordings/files/{file}` — serves the recording behind a link.
pub async fn file(
    store: Store<MyOperator>,
    Path(at): Path<At>,
    Query(signed): Query<Signed>,
) -> Result<Response, Error> {
    let expires = signed.expires.unwrap_or_default();
    let signature = signed.sig.unwrap_or_default();
    store.read(|vendor, glance| vendor.may_fetch(&at.file, &expires, &signature, glance.now))?;
    let kind = [(header::CONTENT_TYPE, "audio/mpeg")];
    Ok((kind, silence::mp3()).into_response())
}

impl MyOperator {
    /// The end of a link to a recording of this company.
    ///
    /// # Errors
    /// When it has no such recording.
    pub fn recording_link(
        &self,
        company: &str,
        file: &str,
        now: Timestamp,
        ids: &mut Ids,
    ) -> Result<String, Error> {
        let mut recorded = self.calls.by("recording", file);
        if !recorded.any(|call| call.company_id == company) {
            return Err(Error::FileNotFound);
        }
        let expires = now
            .saturating_add(LINK)
            .unwrap_or(Timestamp::MAX)
            .as_second()
            .to_string();
        let signature = self.signature(company, file, &expires, &ids.hex(SALT));
        let file = utf8_percent_encode(file, PATH);
        Ok(format!("{file}?expires={expires}&sig={signature}"))
    }

    /// Whether a link opens this file now.
    ///
    /// # Errors
    /// When it was not made for it, or too long ago.
    pub fn may_fetch(
        &self,
        file: &str,
        expires: &str,
        signature: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let salt = signature.get(..SALT).ok_or(Error::LinkInvalid)?;
        let mut recorded = self.calls.by("recording", file);
        let made_here =
            recorded.any(|call| self.signature(&call.company_id, file, expires, salt) == signature);
        let expires: i64 = expires.parse().map_err(|_| Error::LinkInvalid)?;
        match made_here {
            false => Err(Error::LinkInvalid),
            true if now.as_second() >= expires => Err(Error::LinkExpired),
            true => Ok(()),
        }
    }

    /// What proves that a link was made here: only who knows the company's secret can make it.
    fn signature(&self, company: &str, file: &str, expires: &str, salt: &str) -> String {
        let secret = self
            .companies
            .get(company)
            .map_or("", |company| company.secret_token.as_str());
        let hash = Sha256::digest(format!("{secret}\n{file}\n{expires}\n{salt}"));
        let proof: String = hash
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{salt}{proof}")
    }
}
