//! A call goes on, line by line of its script: whatever it says happens at its own time, and is told.

use std::time::Duration;

use super::script::{Line, Step};
use super::{Call, Comment, DialStatus, Disposition, Instant, Leg, Progress, Side, Status};
use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;
use crate::vendors::myoperator::happenings::{Happening, calls};
use crate::vendors::myoperator::state::MyOperator;
use crate::vendors::myoperator::webhooks::calls::Told;

impl MyOperator {
    /// Keeps a new call, and plans the first line of its script.
    pub fn start_call(&mut self, call: Call, moment: &mut Moment<'_, Self>) {
        plan_next(&call, moment);
        self.calls.put(call);
    }

    /// Lets the next line of a call's script happen; `step` says which, when it was planned.
    ///
    /// # Errors
    /// When there is no such call, nothing is left of its script, or the line has happened.
    pub fn proceed(
        &mut self,
        name: &str,
        step: Option<u32>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let mut call = self.known(name)?;
        if step.is_some_and(|step| step != call.step) {
            return Err(Impossible(format!("that line of {name} has happened")));
        }
        let Some(line) = call.script.pop_front() else {
            return Err(Impossible(format!("the script of {name} is at its end")));
        };
        call.step += 1;
        self.perform(&mut call, line.step, moment)?;
        plan_next(&call, moment);
        self.calls.put(call);
        Ok(())
    }

    /// Everybody hangs up now, whatever the script says; the log is written as ever.
    ///
    /// # Errors
    /// When there is no such call, or it is over.
    pub fn hang_up(&mut self, name: &str, moment: &mut Moment<'_, Self>) -> Result<(), Impossible> {
        let mut call = self.known(name)?;
        if call.session.is_none() || call.ended_at.is_some() {
            return Err(Impossible(format!("nobody is on the line of {name}")));
        }
        let rest = std::mem::take(&mut call.script);
        let after_the_end = |line: &Line| matches!(line.step, Step::Log);
        call.script = rest.into_iter().filter(after_the_end).collect();
        call.step += 1;
        self.perform(&mut call, Step::End, moment)?;
        plan_next(&call, moment);
        self.calls.put(call);
        Ok(())
    }

    /// A user writes about a call.
    ///
    /// # Errors
    /// When there is no such call or user.
    pub fn comment(
        &mut self,
        name: &str,
        user: &str,
        content: String,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let mut call = self.known(name)?;
        let comment = self.comment_of(&call, user, content, moment)?;
        call.comments.push(comment);
        self.calls.put(call);
        Ok(())
    }

    /// A user files a call, perhaps with a comment.
    ///
    /// # Errors
    /// When there is no such call or user, or the call has no log yet.
    pub fn file(
        &mut self,
        name: &str,
        user: &str,
        names: Vec<String>,
        comment: Option<String>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let mut call = self.known(name)?;
        if call.logged_at.is_none() {
            return Err(Impossible(format!("{name} is not over")));
        }
        if names.is_empty() || names.len() > 2 {
            return Err(Impossible(
                "a call is filed on one or two levels".to_owned(),
            ));
        }
        if let Some(content) = comment {
            let comment = self.comment_of(&call, user, content, moment)?;
            call.comments.push(comment);
        }
        let user = self.agent_named(&call, user)?;
        self.dispose(&mut call, &user, names, moment);
        self.calls.put(call);
        Ok(())
    }

    /// Marks a call's log, or puts it away.
    ///
    /// # Errors
    /// When there is no such call.
    pub fn mark_log(
        &mut self,
        name: &str,
        starred: Option<bool>,
        archived: Option<bool>,
    ) -> Result<(), Impossible> {
        let mut call = self.known(name)?;
        call.starred = starred.unwrap_or(call.starred);
        call.archived = archived.unwrap_or(call.archived);
        self.calls.put(call);
        Ok(())
    }

    fn known(&self, name: &str) -> Result<Call, Impossible> {
        let call = self.call_named(name).cloned();
        call.ok_or_else(|| Impossible(format!("there is no call {name:?}")))
    }

    fn agent_named(&self, call: &Call, name: &str) -> Result<String, Impossible> {
        let user = self.user_called(&call.company_id, name);
        user.map(|user| user.uuid.clone())
            .ok_or_else(|| Impossible(format!("there is no user {name:?}")))
    }

    fn comment_of(
        &self,
        call: &Call,
        user: &str,
        content: String,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Comment, Impossible> {
        Ok(Comment {
            id: moment.ids.hex(16),
            content,
            posted_at: Instant::new(moment.now),
            posted_by: self.agent_named(call, user)?,
        })
    }

    fn perform(
        &mut self,
        call: &mut Call,
        step: Step,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let now = Instant::new(moment.now);
        match step {
            Step::Begin { caller } => {
                call.started_at = now;
                call.session = Some(session(call, now, moment));
                call.legs
                    .extend(caller.map(|party| Leg::connected(party, now)));
                self.tell_live(call, Told::initiated, moment);
            }
            Step::Dial { party } => {
                call.legs.push(Leg::dialing(party, now));
                self.tell_live(call, Told::dial_begin, moment);
            }
            Step::Answer => {
                let leg = ringing(call)?;
                leg.progress = Progress::Answered;
                leg.dial_status = DialStatus::Answer;
                leg.answered_at = Some(now);
                self.tell_live(call, Told::answered, moment);
            }
            Step::Miss { dial_status } => {
                let leg = ringing(call)?;
                leg.progress = Progress::NotAnswered;
                leg.dial_status = dial_status;
                leg.ended_at = Some(now);
            }
            Step::Transfer { party } => {
                let mut agents = call.legs.iter_mut().rev();
                let talking = agents.find(|leg| leg.party.side == Side::Agent && leg.is_live());
                if let Some(leg) = talking {
                    leg.ended_at = Some(now);
                    leg.transferred_to.clone_from(&party.user);
                }
                call.legs.push(Leg::dialing(party, now));
                self.tell_live(call, Told::dial_begin, moment);
            }
            Step::Leave { side } => {
                let mut legs = call.legs.iter_mut().rev();
                if let Some(leg) = legs.find(|leg| leg.party.side == side && leg.is_live()) {
                    close(leg, now);
                }
            }
            Step::Voicemail => call.status = Some(Status::Voicemail),
            Step::End => {
                for leg in call.legs.iter_mut().filter(|leg| leg.is_live()) {
                    close(leg, now);
                }
                call.ended_at = Some(now);
                if call.was_bridged() {
                    call.status = Some(Status::Bridged);
                    call.recording = Some(format!("{}-v2.mp3", moment.ids.hex(96)));
                }
                call.status.get_or_insert(Status::Missed);
                self.tell_live(call, Told::end, moment);
            }
            Step::Log => {
                call.logged_at = Some(now);
                if !call.legs.is_empty() {
                    let summary = Told::summary(self, call, moment);
                    self.tell_of_call(summary, moment);
                }
                self.tell_of_call(Told::after_call(self, call), moment);
            }
            Step::File { names } => {
                let mut agents = call.legs.iter().rev();
                let talked = agents.find(|leg| leg.party.side == Side::Agent && leg.was_taken());
                let user = talked.and_then(|leg| leg.party.user.clone());
                if let Some(user) = user {
                    self.dispose(call, &user, names, moment);
                }
            }
        }
        Ok(())
    }

    fn dispose(
        &mut self,
        call: &mut Call,
        user: &str,
        names: Vec<String>,
        moment: &mut Moment<'_, Self>,
    ) {
        let added_at = Instant::new(moment.now);
        let levels = (1..).zip(names);
        call.dispositions = levels
            .map(|(level, name)| Disposition {
                level,
                name,
                user_id: user.to_owned(),
                added_at,
            })
            .collect();
        call.sequence += 1;
        let told = Told::disposition(self, call, moment);
        self.tell_of_call(told, moment);
        self.tell_of_call(Told::filed(self, call), moment);
    }

    /// Tells of something that happened in a call, with the next number of its session.
    fn tell_live(
        &self,
        call: &mut Call,
        told: fn(&Self, &Call, &mut Moment<'_, Self>) -> Told,
        moment: &mut Moment<'_, Self>,
    ) {
        call.sequence += 1;
        let told = told(self, call, moment);
        self.tell_of_call(told, moment);
    }
}

/// Plans the next line of a script.
fn plan_next(call: &Call, moment: &mut Moment<'_, MyOperator>) {
    if let Some(next) = call.script.front() {
        let proceeds = calls::Happening::CallProceeds {
            call: call.id.clone(),
            step: Some(call.step),
        };
        moment.plan(Duration::from_millis(next.after), Happening::Call(proceeds));
    }
}

/// The leg that rings.
fn ringing(call: &mut Call) -> Result<&mut Leg, Impossible> {
    let mut legs = call.legs.iter_mut().rev();
    legs.find(|leg| leg.progress == Progress::Dialing)
        .ok_or_else(|| Impossible("nobody is being called".to_owned()))
}

/// Ends a leg: who did not pick up by then never will.
fn close(leg: &mut Leg, now: Instant) {
    leg.ended_at = Some(now);
    if leg.progress == Progress::Dialing {
        leg.progress = Progress::NotAnswered;
        leg.dial_status = DialStatus::Cancel;
    }
}

/// A session's name: one of the vendor's machines, the second it began, and a number.
fn session(call: &Call, now: Instant, moment: &mut Moment<'_, MyOperator>) -> String {
    let machines: &[&str] = match (call.ivr.is_some(), call.department.is_some()) {
        (true, true) => &["d6"],
        (true, false) => &["cm3"],
        (false, _) => &["s4", "13", "15"],
    };
    let machine = moment.ids.below(machines.len() as u64);
    let machine = machines[usize::try_from(machine).unwrap_or_default()];
    format!(
        "{machine}.{}.{}",
        now.seconds(),
        moment.ids.between(100, 9_999)
    )
}
