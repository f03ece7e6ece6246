//! Webhooks: who hears of what happens.

use axum::Json;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::kernel::delivery::{Endpoint, Verification};
use crate::kernel::extract::{Body, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Table;
use crate::vendors::heltar::error::Error;
use crate::vendors::heltar::reply::{Reply, reply};
use crate::vendors::heltar::state::Heltar;
use crate::vendors::heltar::webhooks::RAW;

/// How much of a header's value is shown: its end.
const SHOWN: usize = 5;

/// What `webhooks.upsert` takes.
#[derive(Debug, Deserialize)]
pub struct Registration {
    urls: Vec<Registered>,
}

/// One address, and what it is to hear.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    url: String,
    is_enabled: bool,
    #[serde(default)]
    fields: Option<Vec<String>>,
    #[serde(default)]
    verify_token: Option<String>,
    #[serde(default)]
    headers: Option<IndexMap<String, String>>,
}

/// An address as answers show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    url: String,
    is_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<String>>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    headers: IndexMap<String, String>,
}

impl From<&Endpoint> for Shown {
    fn from(endpoint: &Endpoint) -> Self {
        let usual = endpoint.events.is_empty() || endpoint.events == [RAW];
        Self {
            url: endpoint.url.clone(),
            is_enabled: endpoint.enabled,
            fields: (!usual).then(|| endpoint.events.clone()),
            headers: endpoint
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), masked(value)))
                .collect(),
        }
    }
}

/// A secret with all but its end hidden; a short one wholly.
fn masked(secret: &str) -> String {
    let length = secret.chars().count();
    let hidden = if length <= SHOWN {
        length
    } else {
        length - SHOWN
    };
    "*".repeat(hidden) + &secret.chars().skip(hidden).collect::<String>()
}

fn shown(endpoints: &Table<Endpoint>) -> Vec<Shown> {
    endpoints.iter().map(Shown::from).collect()
}

/// `POST /v1/business/webhook-url` — adds addresses or changes the listed ones.
pub async fn upsert(
    store: Store<Heltar>,
    Body(registration): Body<Registration>,
) -> Result<Json<Reply<Vec<Shown>>>, Error> {
    for registered in &registration.urls {
        let Some(token) = &registered.verify_token else {
            continue;
        };
        // Who cannot be reached or echoes something else is registered all the same.
        if let Verification::Status(status) = store.verify(&registered.url, token).await
            && status.as_u16() >= 400
        {
            return Err(Error::VerificationFailed(registered.url.clone()));
        }
    }
    let all = store.try_write(|heltar, moment| {
        for registered in registration.urls {
            heltar.register_webhook(registered, moment)?;
        }
        Ok::<_, Error>(shown(moment.endpoints))
    })?;
    Ok(reply("Successfully added or updated webhook URL", all))
}

/// What `webhooks.delete` takes.
#[derive(Debug, Deserialize)]
pub struct Which {
    url: String,
}

/// `DELETE /v1/business/webhook-url` — removes one address.
pub async fn delete(
    store: Store<Heltar>,
    Query(which): Query<Which>,
) -> Result<Json<Reply<Vec<Shown>>>, Error> {
    let rest = store.try_write(|_, moment| {
        moment
            .endpoints
            .remove(&which.url)
            .ok_or(Error::UnknownWebhook)?;
        Ok::<_, Error>(shown(moment.endpoints))
    })?;
    Ok(reply("Successfully deleted webhook URL", rest))
}

impl Heltar {
    /// Registers an address, or changes the one that is registered.
    ///
    /// # Errors
    /// When the business takes only HTTPS and this is not.
    pub fn register_webhook(
        &self,
        registered: Registered,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Error> {
        if self.business.settings.https_only && !registered.url.starts_with("https://") {
            return Err(Error::NotHttps);
        }
        let known = moment.endpoints.get(&registered.url).cloned();
        let mut endpoint = known.unwrap_or_else(|| Endpoint::new(&registered.url));
        // A value that starts with a star is one of ours, masked: the secret stays.
        let secret = |(name, value): (String, String)| {
            let kept = endpoint
                .headers
                .get(&name)
                .filter(|_| value.starts_with('*'))
                .cloned();
            (name, kept.unwrap_or(value))
        };
        let headers = registered
            .headers
            .unwrap_or_default()
            .into_iter()
            .map(secret)
            .collect();
        endpoint.headers = headers;
        endpoint.events = registered.fields.unwrap_or_else(|| vec![RAW.into()]);
        endpoint.verify_token = registered.verify_token;
        if registered.is_enabled {
            endpoint.failures = 0;
            endpoint.disabled_because = None;
        }
        endpoint.enabled = registered.is_enabled;
        moment.endpoints.put(endpoint);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_secret_is_shown() {
        assert_eq!(masked("secret-value"), "*******value");
        assert_eq!(masked("short"), "*****");
    }
}
