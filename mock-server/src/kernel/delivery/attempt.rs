//! Makes one attempt, records it, and decides what becomes of the delivery.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::Inner;
use super::chaos::{Applied, Effect, Forgery, damaged};
use super::courier::{Exchange, refusal};
use super::endpoint::{Endpoint, EndpointAuth};
use super::profile::DeliveryProfile;
use super::queue::{Job, Kind, Outcome, Resent};
use super::record::{Attempt, Class, Delivery, Failure, Received};
use crate::kernel::clock::wall_clock;
use crate::kernel::ids::Ids;
use crate::kernel::workspace::Workspace;

/// The longest pause that a receiver may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

impl Inner {
    /// Makes the attempt of a job and draws the consequences.
    pub(super) async fn attempt(&self, job: Job) {
        let Some(workspace) = self.workspace.upgrade() else {
            return;
        };
        let delivery = Arc::clone(&job.delivery);
        let endpoint = match &job.kind {
            Kind::First => Some(Arc::clone(&delivery.endpoint)),
            Kind::Retry | Kind::Late if !delivery.registered => {
                Some(Arc::clone(&delivery.endpoint))
            }
            Kind::Retry | Kind::Late => {
                current(&workspace, &delivery).filter(|endpoint| endpoint.enabled)
            }
            Kind::Manual { .. } => Some(
                current(&workspace, &delivery).unwrap_or_else(|| Arc::clone(&delivery.endpoint)),
            ),
        };
        let Some(endpoint) = endpoint else {
            let reason = "not tried again: the endpoint was disabled or removed".to_owned();
            self.end(&workspace, job, Outcome::Failed(reason), None);
            return;
        };
        let at = workspace.clock.now();
        // A workspace that is dropped meanwhile need not wait for the answer.
        drop(workspace);

        let profile = self.profile(&delivery.event);
        let written = delivery.written(profile);
        let body = match &job.kind {
            Kind::Manual {
                what: Resent::Edited(edited),
                ..
            } => edited.clone(),
            _ => written.body.clone(),
        };
        let again = match &job.kind {
            Kind::Manual {
                what: Resent::Same, ..
            } => delivery.attempts().pop(),
            _ => None,
        };
        let forgery = job.chaos.iter().find_map(|(_, effect)| match effect {
            Effect::Signature { how } => Some(*how),
            _ => None,
        });
        let made = match &again {
            Some(again) => Ok(again.headers.clone()),
            None => request_headers(
                &delivery,
                &endpoint,
                profile,
                &written.content_type,
                &body,
                at,
                forgery,
            ),
        };
        let body = match &again {
            Some(again) => again.body.clone(),
            None => self.after_accidents(body, &job),
        };
        let pretence = pretended(&job.chaos);
        let (headers, mut exchange) = match (made, pretence) {
            (Ok(headers), Some(exchange)) => (headers, exchange),
            (Ok(headers), None) => {
                let sent = self.courier.send(
                    Method::POST,
                    &endpoint.url,
                    headers.clone(),
                    body.clone(),
                    profile.timeout,
                );
                let mut epochs = self.epochs.subscribe();
                let exchange = tokio::select! {
                    exchange = sent => exchange,
                    _ = epochs.wait_for(|epoch| *epoch > job.epoch) => return,
                };
                (headers, exchange)
            }
            (Err(problem), _) => {
                let exchange = Exchange {
                    response: None,
                    failure: Some(refusal(problem)),
                    micros: 0,
                };
                (HeaderMap::new(), exchange)
            }
        };
        let loses = |(_, effect): &Applied| *effect == Effect::LoseAnswer;
        if exchange.failure.is_none() && job.chaos.iter().any(loses) {
            exchange.failure = Some(Failure {
                class: Class::Reset,
                message: "the receiver's answer got lost, as chaos wanted".to_owned(),
                refused: false,
            });
        }
        let Some(workspace) = self.workspace.upgrade() else {
            return;
        };
        let signature = endpoint.signature.explained(&headers, &delivery.message_id);
        let attempt = delivery.record(|number| Attempt {
            number,
            manual: matches!(job.kind, Kind::Manual { .. }),
            at,
            url: endpoint.url.clone(),
            headers,
            body,
            micros: exchange.micros,
            response: exchange.response,
            failure: exchange.failure,
            chaos: job.chaos.iter().map(|(_, effect)| effect.name()).collect(),
            signature,
        });
        let failure = attempt.failure.as_ref();
        let word = failure.map_or("delivered", |failure| failure.class.name());
        let vendor = delivery.event.vendor;
        workspace.meter.attempted(vendor, word, attempt.micros);
        let outcome = self.outcome(&workspace, &job, &attempt, profile);
        self.end(&workspace, job, outcome, Some(attempt));
    }

    /// The body as it leaves after what chaos does to it.
    fn after_accidents(&self, mut body: Bytes, job: &Job) -> Bytes {
        for (rule, effect) in &job.chaos {
            if let Effect::Corrupt { how } = effect {
                let purpose = format!("damage {rule} {}", job.delivery.id);
                body = damaged(&body, *how, &mut Ids::new(self.seed, &purpose));
            }
        }
        body
    }

    fn outcome(
        &self,
        workspace: &Workspace,
        job: &Job,
        attempt: &Attempt,
        profile: &DeliveryProfile,
    ) -> Outcome {
        let Some(failure) = &attempt.failure else {
            return match &job.kind {
                // What was edited is another message: it does not deliver this one.
                Kind::Manual {
                    what: Resent::Edited(_),
                    ..
                } => Outcome::Unchanged,
                _ => Outcome::Delivered,
            };
        };
        if attempt.manual {
            return Outcome::Unchanged;
        }
        if attempt.status() == Some(410) || !profile.retried.covers(failure, attempt.status()) {
            return Outcome::Failed(failure.message.clone());
        }
        let made = job.delivery.attempted();
        let Some(&(shortest, longest)) = profile.retries.get(made - 1) else {
            return Outcome::Failed(format!(
                "{}; no attempt is left after {made}",
                failure.message
            ));
        };
        if !self.queue.lock().has_room() {
            return Outcome::Failed(format!(
                "{}; not tried again, because too many others wait for that",
                failure.message
            ));
        }
        let mut chance = Ids::new(
            self.seed,
            &format!("pause {made} of {}", job.delivery.message_id),
        );
        let millis = |pause: Duration| u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let pause = Duration::from_millis(chance.between(millis(shortest), millis(longest)));
        let asked_for = attempt.response.as_ref().and_then(retry_after);
        let pause = pause.max(asked_for.unwrap_or_default());
        let now = workspace.clock.now();
        Outcome::Again(now.saturating_add(pause).unwrap_or(Timestamp::MAX))
    }

    /// Ends a job. The endpoint is told first, so that who waits for the end sees it all.
    fn end(
        &self,
        workspace: &Workspace,
        job: Job,
        outcome: Outcome,
        attempt: Option<Arc<Attempt>>,
    ) {
        let disabled = self.tell_endpoint(workspace, &job, &outcome, attempt.as_deref());
        let (idle, scheduled) = {
            let mut queue = self.queue.lock();
            if !queue.knows(&job) {
                return;
            }
            if let Some(reason) = disabled {
                queue.give_up(&job, &format!("the endpoint was disabled: {reason}"));
            }
            let scheduled = matches!(outcome, Outcome::Again(_));
            queue.end(&job, outcome);
            (queue.busy() == 0, scheduled)
        };
        if scheduled {
            workspace.stirred();
        }
        if idle {
            self.idle.notify_waiters();
        }
        if let (Kind::Manual { reply, .. }, Some(attempt)) = (job.kind, attempt) {
            // Whoever asked may have gone.
            let _ = reply.send(attempt);
        }
    }

    /// Counts the endpoint's failures. Returns why it was disabled, if it was.
    fn tell_endpoint(
        &self,
        workspace: &Workspace,
        job: &Job,
        outcome: &Outcome,
        attempt: Option<&Attempt>,
    ) -> Option<String> {
        let attempt = attempt.filter(|attempt| !attempt.manual)?;
        let failed = match outcome {
            Outcome::Delivered => false,
            Outcome::Failed(_) => true,
            _ => return None,
        };
        let event = &job.delivery.event;
        let limit = self.profile(event).disable_after;
        let gone = attempt.status() == Some(410);
        let mut reason = None;
        workspace
            .slot(event.vendor)?
            .edit_endpoints(&mut |endpoints| {
                let id = &job.delivery.endpoint.id;
                let Some(endpoint) = endpoints.get(id) else {
                    return;
                };
                // A changed endpoint is not to blame for what happened at its old URL,
                // nor a fresh one for what was announced before a reset.
                let changed = endpoint.url != attempt.url || self.queue.lock().epoch() != job.epoch;
                if changed || (!failed && endpoint.failures == 0) {
                    return;
                }
                let failures = if failed {
                    endpoint.failures.saturating_add(1)
                } else {
                    0
                };
                if endpoint.enabled && failed {
                    reason = if gone {
                        Some("it answered 410 Gone".to_owned())
                    } else if limit.is_some_and(|limit| failures >= limit) {
                        Some(format!("{failures} deliveries in a row failed"))
                    } else {
                        None
                    };
                }
                endpoints.update(id, |endpoint| {
                    endpoint.failures = failures;
                    if let Some(reason) = &reason {
                        endpoint.enabled = false;
                        endpoint.disabled_because = Some(reason.clone());
                    }
                });
            });
        reason
    }
}

/// What seems to have come back where chaos keeps the receiver from being asked.
fn pretended(chaos: &[Applied]) -> Option<Exchange> {
    chaos.iter().find_map(|(_, effect)| match effect {
        Effect::Outage => Some(Exchange {
            response: None,
            failure: Some(Failure {
                class: Class::Connect,
                message: "the receiver is down, as chaos wanted".to_owned(),
                refused: false,
            }),
            micros: 0,
        }),
        Effect::Answer {
            status,
            retry_after,
        } => {
            let mut headers = HeaderMap::new();
            if let Some(seconds) = retry_after {
                headers.insert(RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Some(Exchange::pretended(*status, headers))
        }
        _ => None,
    })
}

/// The delivery's endpoint as it is now.
fn current(workspace: &Workspace, delivery: &Delivery) -> Option<Arc<Endpoint>> {
    let mut found = None;
    let slot = workspace.slot(delivery.event.vendor)?;
    slot.edit_endpoints(&mut |endpoints| {
        found = endpoints.get(&delivery.endpoint.id).cloned().map(Arc::new);
    });
    found
}

/// The headers of one attempt. Later ones replace earlier ones: the vendor's own, the endpoint's, then those
/// that prove who sends.
fn request_headers(
    delivery: &Delivery,
    endpoint: &Endpoint,
    profile: &DeliveryProfile,
    content_type: &str,
    body: &Bytes,
    at: Timestamp,
    forgery: Option<Forgery>,
) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(USER_AGENT, super::USER_AGENT);
    set(&mut headers, CONTENT_TYPE.as_str(), content_type)?;
    for (name, value) in (profile.headers)(&delivery.event, at) {
        set(&mut headers, name, &value)?;
    }
    for (name, value) in &delivery.event.headers {
        set(&mut headers, name, value)?;
    }
    for (name, value) in &endpoint.headers {
        set(&mut headers, name, value)?;
    }
    match &endpoint.auth {
        EndpointAuth::None => {}
        EndpointAuth::Basic { user, password } => {
            let pair = STANDARD.encode(format!("{user}:{password}"));
            set(
                &mut headers,
                AUTHORIZATION.as_str(),
                &format!("Basic {pair}"),
            )?;
        }
        EndpointAuth::ApiKey { header, value } => set(&mut headers, header, value)?,
        EndpointAuth::Bearer { token } => {
            set(
                &mut headers,
                AUTHORIZATION.as_str(),
                &format!("Bearer {token}"),
            )?;
        }
    }
    let name = &delivery.message_id;
    let signature = match forgery {
        None => endpoint.signature.headers(name, at, body),
        Some(how) => endpoint.signature.forged(how, name, at, body),
    };
    for (name, value) in signature {
        set(&mut headers, &name, &value)?;
    }
    Ok(headers)
}

fn set(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), String> {
    let parsed = HeaderName::from_bytes(name.as_bytes());
    let name = parsed.map_err(|_| format!("\"{name}\" is no name of a header"))?;
    if matches!(
        name.as_str(),
        "content-length" | "transfer-encoding" | "connection"
    ) {
        return Err(format!(
            "the header \"{name}\" is not for endpoints to choose"
        ));
    }
    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
        format!("the value of the header \"{name}\" has a character that none may have")
    })?;
    headers.insert(name, value);
    Ok(())
}

/// How long a receiver that is overloaded asks to be left alone, in seconds or as a date.
fn retry_after(response: &Received) -> Option<Duration> {
    if !matches!(response.status.as_u16(), 429 | 503) {
        return None;
    }
    let text = |name| response.headers.get(name)?.to_str().ok();
    let asked: &str = text(http::header::RETRY_AFTER)?.trim();
    let date = |text| DateTimeParser::new().parse_timestamp(text).ok();
    let pause = match asked.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            // The receiver's clock is not the workspace's: only the distance of its two dates counts.
            let sent = text(http::header::DATE)
                .and_then(date)
                .unwrap_or_else(wall_clock);
            Duration::try_from(date(asked)?.duration_since(sent)).ok()?
        }
    };
    Some(pause.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn asking(status: u16, headers: &[(&'static str, &'static str)]) -> Option<Duration> {
        let headers = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        retry_after(&Received {
            status: StatusCode::from_u16(status).unwrap(),
            headers: headers.collect(),
            body: Bytes::new(),
            truncated: false,
        })
    }

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_as_a_date() {
        assert_eq!(
            asking(503, &[("retry-after", "120")]),
            Some(Duration::from_secs(120))
        );
        let dates = [
            ("retry-after", "Wed, 21 Oct 2015 07:30:00 GMT"),
            ("date", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ];
        assert_eq!(asking(429, &dates), Some(Duration::from_secs(120)));
        assert_eq!(
            asking(429, &[("retry-after", "999999999")]),
            Some(LONGEST_PAUSE)
        );
        assert_eq!(asking(429, &[("retry-after", "soon")]), None);
        assert_eq!(
            asking(500, &[("retry-after", "120")]),
            None,
            "only overload is listened to"
        );
    }
}
