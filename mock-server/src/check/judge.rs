//! Judges one exchange: which use of which operation it is, and every way in which the request breaks the contract.

use std::sync::{Arc, OnceLock};

use contracts::check::{Rule, Violation};
use contracts::document::{Evidence, Operation, Place as Part};
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::advice;
use super::atlas::{About, Atlas};
use super::credentials;
use super::exchange::Exchange;
use super::fingerprint;
use super::model::{Answer, Finding, Level};
use crate::kernel::call::{Call, Content};
use crate::kernel::pipeline;
use crate::kernel::refusal::{Denial, Reason};
use crate::kernel::routes::Mounted;

/// Judges exchanges by the contracts of the vendors.
pub struct Judge {
    vendors: Vec<(&'static Mounted, OnceLock<Atlas>)>,
}

/// What an exchange was.
#[derive(Debug)]
pub struct Judged {
    /// The vendor.
    pub vendor: &'static str,
    /// The operation, where the request reached one.
    pub operation: Option<&'static Operation>,
    /// The variants that it used, by name; one without a name where there are none, or none fits.
    pub uses: Vec<Option<String>>,
    /// Whether it kept the contract and was answered well by the vendor itself.
    pub good: bool,
    /// Whether the request could not be judged whole.
    pub partial: bool,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// The longest value a finding quotes, in characters of JSON.
const QUOTED: usize = 200;
/// The longest answer a finding quotes, in characters.
const ANSWER: usize = 300;

impl Judge {
    /// A judge by these contracts.
    #[must_use]
    pub fn new(vendors: &[&'static Mounted]) -> Self {
        let each = vendors.iter();
        Self {
            vendors: each.map(|mounted| (*mounted, OnceLock::new())).collect(),
        }
    }

    /// The vendors whose contracts are known.
    pub fn vendors(&self) -> impl Iterator<Item = &'static Mounted> {
        self.vendors.iter().map(|(mounted, _)| *mounted)
    }

    /// Judges an exchange; none when its vendor is unknown.
    pub async fn judge(&self, exchange: &Exchange) -> Option<Judged> {
        let known =
            |(mounted, _): &&(&'static Mounted, OnceLock<Atlas>)| mounted.name == exchange.vendor;
        let (mounted, atlas) = self.vendors.iter().find(known)?;
        let atlas = || atlas.get_or_init(|| Atlas::new(mounted.document));
        let (path, query) = exchange.path_and_query();
        let base_url = format!("http://mock.test/{}", mounted.name);
        let query = query.map(str::to_owned);
        let (call, routed) =
            pipeline::read(mounted, path.to_owned(), query, base_url, exchange.wire()).await;
        let case = Case {
            mounted,
            atlas: &atlas,
            exchange,
            call: Arc::new(call),
        };
        let mut judged = Judged {
            vendor: mounted.name,
            operation: case.call.operation,
            uses: Vec::new(),
            good: false,
            partial: !exchange.whole,
            findings: Vec::new(),
        };
        match (routed, case.call.operation) {
            (Ok(()), Some(operation)) => {
                let incoming = case.call.incoming();
                let parts = operation.variants_in(&incoming);
                for (_, variant) in &parts {
                    let name = variant.map(|variant| variant.name.clone());
                    if !judged.uses.contains(&name) {
                        judged.uses.push(name);
                    }
                }
                judged.findings = case.routed(operation, &parts).await;
            }
            (Err(reason), _) => judged.findings.push(case.astray(reason).await),
            (Ok(()), None) => {}
        }
        for sentence in &exchange.own_faults {
            judged.findings.push(case.own_fault(sentence));
        }
        let grave = |finding: &Finding| finding.level == Level::Error;
        judged.good =
            exchange.status < 400 && !exchange.interfered && !judged.findings.iter().any(grave);
        Some(judged)
    }
}

/// One exchange before the judge.
struct Case<'a> {
    mounted: &'static Mounted,
    atlas: &'a (dyn Fn() -> &'a Atlas + Sync),
    exchange: &'a Exchange,
    call: Arc<Call>,
}

type Parts<'c> = [(String, Option<&'c contracts::document::Variant>)];

impl Case<'_> {
    /// Everything about a request that reached an operation.
    async fn routed(&self, operation: &'static Operation, parts: &Parts<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        findings.extend(self.credentials(operation).await);
        if self.exchange.refused.as_deref() == Some("too_large") {
            return findings;
        }
        let violations =
            contracts::check::request(self.mounted.document, operation, &self.call.incoming());
        let about_type = |one: &Violation| one.rule == Rule::ContentType;
        if self.exchange.whole && !violations.iter().any(about_type) {
            findings.extend(self.content_type(operation));
        }
        for violation in violations {
            // What is cut off cannot be judged; what stands outside the body can.
            if !self.exchange.whole && matches!(violation.place, Part::Body | Part::ContentType) {
                continue;
            }
            findings.push(self.violation(operation, parts, violation).await);
        }
        findings
    }

    async fn violation(
        &self,
        operation: &'static Operation,
        parts: &Parts<'_>,
        violation: Violation,
    ) -> Finding {
        let within = |pointer: &str| {
            let rest = violation.pointer.strip_prefix(pointer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let part = match violation.place {
            Part::Body => parts.iter().find(|(pointer, _)| within(pointer)),
            _ => parts.first().filter(|_| parts.len() == 1),
        };
        let variant = part.and_then(|(pointer, variant)| {
            variant.map(|variant| (variant.name.as_str(), pointer.as_str()))
        });
        let atlas = (self.atlas)();
        let about = About {
            part: violation.place,
            pointer: &violation.pointer,
            variant,
        };
        let place = atlas.rule(operation, about);
        let fix = advice::fix(&violation, &atlas.names(&place));
        let mut finding = self.blank(rule_word(violation.rule));
        finding.level = level(&violation);
        finding.operation = Some(operation.name.clone());
        finding.variant = variant.map(|(name, _)| name.to_owned());
        finding.place = violation.place.to_string();
        finding.message = violation.message.clone();
        finding.expected = violation.expected.clone();
        finding.value = violation.found.as_ref().map(short);
        finding.evidence = Some(violation.evidence);
        finding.contract = Some(atlas.place(place));
        finding.fix = fix;
        finding.pointer = violation.pointer.clone();
        let tolerated = violation.rule == Rule::Undocumented
            || (self.mounted.manners.tolerates)(&self.call, &violation);
        finding.answer = Some(if tolerated {
            self.given()
        } else {
            let reason = match &self.call.content {
                Content::Broken {
                    message,
                    line,
                    column,
                } if violation.rule == Rule::Json => Reason::BrokenJson {
                    message: message.clone(),
                    line: *line,
                    column: *column,
                },
                _ => Reason::Invalid(vec![violation]),
            };
            self.refusal(reason).await
        });
        fingerprint::mark(&mut finding);
        finding
    }

    /// A credential that is missing, stands in the wrong place, or is nobody's.
    async fn credentials(&self, operation: &'static Operation) -> Option<Finding> {
        if !operation.secured {
            return None;
        }
        let shown = (self.mounted.manners.credentials)(&self.call);
        let denied = match self.exchange.refused.as_deref() {
            Some(word) => word == "denied",
            None => self.exchange.status == 401,
        };
        let denial = match shown {
            Err(denial) => denial,
            Ok(shown) if shown.is_empty() => Denial::Missing,
            Ok(_) if denied => Denial::Unknown,
            Ok(_) => return None,
        };
        let atlas = (self.atlas)();
        let taken = atlas.credentials(operation);
        let elsewhere = credentials::elsewhere(&self.call, self.mounted);
        let (rule, message, fix) = match (&denial, elsewhere) {
            (Denial::Missing | Denial::Malformed, Some(place)) => (
                "credentials-misplaced",
                format!("The credential stands in {place}; expected {taken}."),
                format!("Send it in {taken}."),
            ),
            (Denial::Missing, None) => (
                "credentials-missing",
                format!("No credential is shown; expected {taken}."),
                format!("Send the key in {taken}."),
            ),
            (Denial::Malformed, None) => (
                "credentials-malformed",
                format!("The credential is not in its form; expected {taken}."),
                format!("Send it in {taken}."),
            ),
            _ => (
                "credentials-unknown",
                "The credential is in its place, but nobody's.".to_owned(),
                "Use the credential of the environment; `mock-server check --env` lists them."
                    .to_owned(),
            ),
        };
        let mut finding = self.blank(rule);
        finding.operation = Some(operation.name.clone());
        finding.place = "credentials".to_owned();
        (finding.message, finding.fix, finding.expected) = (message, fix, taken);
        finding.evidence = Some(operation.evidence);
        finding.contract = Some(atlas.place(atlas.operation(operation)));
        finding.answer = Some(if denied {
            Answer {
                refused: true,
                ..self.given()
            }
        } else {
            self.refusal(Reason::Denied(denial)).await
        });
        fingerprint::mark(&mut finding);
        Some(finding)
    }

    /// A body that was understood although its content type is missing or another than documented.
    fn content_type(&self, operation: &'static Operation) -> Option<Finding> {
        let contract = operation.body.as_ref()?;
        let documented = contract.content.first()?;
        let sent = self.call.header("content-type");
        let read = !matches!(self.call.content, Content::Empty | Content::Broken { .. });
        let any = contract.content.iter().any(|one| one.media_type == "*/*");
        if !read || any || sent.is_some_and(|sent| contract.media(sent).is_some()) {
            return None;
        }
        let atlas = (self.atlas)();
        let expected = &documented.media_type;
        let mut finding = self.blank("content-type");
        finding.level = Level::Warning;
        finding.operation = Some(operation.name.clone());
        finding.place = Part::ContentType.to_string();
        finding.pointer = "content-type".to_owned();
        finding.value = sent.map(|sent| Value::String(sent.to_owned()));
        finding.message = match sent {
            Some(sent) => format!("The content type is \"{sent}\"; expected \"{expected}\"."),
            None => format!("The content type is missing; expected \"{expected}\"."),
        };
        finding.fix = format!("Send `Content-Type: {expected}`.");
        finding.expected.clone_from(expected);
        finding.evidence = Some(operation.evidence);
        let about = About {
            part: Part::ContentType,
            pointer: "",
            variant: None,
        };
        finding.contract = Some(atlas.place(atlas.rule(operation, about)));
        finding.answer = Some(self.given());
        fingerprint::mark(&mut finding);
        Some(finding)
    }

    /// A request that reached no operation.
    async fn astray(&self, reason: Reason) -> Finding {
        let document = self.mounted.document;
        let (method, path) = (&self.call.wire.method, &self.call.path);
        let near = document.nearest(method, path, 3);
        let (rule, message, expected) = match &reason {
            Reason::WrongMethod { allow } => {
                let allow: Vec<_> = allow.iter().map(http::Method::as_str).collect();
                let allow = allow.join(" or ");
                let message = format!("{path} has no {method}; expected {allow}.");
                ("wrong-method", message, allow)
            }
            _ => {
                let message = format!("{} has no {method} {path}.", document.title);
                let expected = "a documented operation".to_owned();
                ("unknown-operation", message, expected)
            }
        };
        let mut finding = self.blank(rule);
        finding.fix = match near.first() {
            Some(near) => format!(
                "Call {} {} ({}): {}.",
                near.method,
                near.path,
                near.operation,
                near.reason.trim_end_matches('.')
            ),
            None => "Call a documented operation; `mock-server operations` lists them.".to_owned(),
        };
        finding.place = "path".to_owned();
        finding.message = message;
        finding.expected = expected;
        let each = near.iter();
        finding.near = each
            .map(|near| format!("{} {} ({})", near.method, near.path, near.operation))
            .collect();
        let nearest = near.first();
        let nearest = nearest.and_then(|near| document.operation(&near.operation));
        let atlas = (self.atlas)();
        finding.contract = nearest.map(|nearest| atlas.place(atlas.operation(nearest)));
        finding.evidence = Some(Evidence::Documented);
        finding.answer = Some(self.refusal(reason).await);
        fingerprint::mark(&mut finding);
        finding
    }

    /// A bug of the mock, which must not be taken for one of the client.
    fn own_fault(&self, sentence: &str) -> Finding {
        let mut finding = self.blank("mock-answer");
        finding.level = Level::Note;
        finding.operation = self.call.operation.map(|operation| operation.name.clone());
        finding.place = "answer".to_owned();
        finding.message = format!("The mock's own answer breaks the contract: {sentence}");
        finding.fix =
            "Nothing is wrong with the client; please report this to mock-server.".to_owned();
        finding.answer = Some(self.given());
        fingerprint::mark(&mut finding);
        finding
    }

    fn blank(&self, rule: &str) -> Finding {
        Finding {
            fingerprint: String::new(),
            level: Level::Error,
            rule: rule.to_owned(),
            vendor: Some(self.mounted.name.to_owned()),
            operation: None,
            variant: None,
            request: format!("{} {}", self.call.wire.method, self.call.path),
            place: String::new(),
            pointer: String::new(),
            value: None,
            expected: String::new(),
            message: String::new(),
            fix: String::new(),
            evidence: None,
            answer: None,
            contract: None,
            near: Vec::new(),
            count: 1,
            requests: vec![self.exchange.id.clone()],
        }
    }

    /// What the request really got.
    fn given(&self) -> Answer {
        Answer {
            status: self.exchange.status,
            body: cut(&self.exchange.answer, ANSWER),
            refused: false,
        }
    }

    /// What the vendor answers to this, were it all that is wrong.
    async fn refusal(&self, reason: Reason) -> Answer {
        let response = (self.mounted.manners.refuse)(self.call.refuse(reason));
        let (mut parts, body) = response.into_parts();
        let body = body.collect().await;
        let body = body
            .map(http_body_util::Collected::to_bytes)
            .unwrap_or_default();
        (self.mounted.manners.dress)(&self.call, &mut parts, &body);
        Answer {
            status: parts.status.as_u16(),
            body: cut(&String::from_utf8_lossy(&body), ANSWER),
            refused: true,
        }
    }
}

/// The rule's name in reports.
fn rule_word(rule: Rule) -> &'static str {
    match rule {
        Rule::Required => "required",
        Rule::Type => "type",
        Rule::Enum => "enum",
        Rule::Const => "const",
        Rule::Pattern => "pattern",
        Rule::Format => "format",
        Rule::Limit => "limit",
        Rule::Variant => "variant",
        Rule::Undocumented => "undocumented",
        Rule::Forbidden => "forbidden",
        Rule::ContentType => "content-type",
        Rule::Status => "status",
        Rule::Json => "json",
        Rule::Other => "other",
    }
}

/// What is merely undocumented, or only our guess, is no error.
fn level(violation: &Violation) -> Level {
    let guess = matches!(violation.evidence, Evidence::Inferred | Evidence::Assumed);
    if guess || violation.rule == Rule::Undocumented {
        Level::Warning
    } else {
        Level::Error
    }
}

fn short(value: &Value) -> Value {
    let text = value.to_string();
    if text.chars().count() <= QUOTED {
        value.clone()
    } else {
        Value::String(cut(&text, QUOTED))
    }
}

fn cut(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
