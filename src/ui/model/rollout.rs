//! How an install takes its seats, as it is typed: a field a rule.

use tui_input::Input;

use super::command_line::flag;
use crate::domain::Timestamp;
use crate::domain::words::Say;
use crate::service::{Rollout, Rule};

use super::Identity;

/// A text a rule, in the order of [`Rule::ALL`]; empty: as the settings say.
pub type RuleTexts = [String; Rule::ALL.len()];

/// The fields, while they are typed.
#[derive(Debug, Clone, Default)]
pub struct RolloutForm {
    /// In the order of [`Rule::ALL`].
    pub fields: [Input; Rule::ALL.len()],
    /// The field that gets the keys.
    pub at: usize,
}

impl RolloutForm {
    /// Goes on with what was typed before.
    pub fn new(texts: &RuleTexts) -> Self {
        Self { fields: texts.clone().map(Input::from), at: 0 }
    }

    /// What is typed.
    pub fn texts(&self) -> RuleTexts {
        self.fields.each_ref().map(|field| field.value().trim().to_owned())
    }

    /// What is wrong with a field, if anything is.
    pub fn wrong(&self, at: usize, now: Timestamp, identity: &Identity) -> Option<Say> {
        let (rule, field) = (Rule::ALL.get(at)?, self.fields.get(at)?);
        let text = field.value().trim();
        if text.is_empty() {
            return None;
        }
        let alone = Rollout::default().set(*rule, text, now, Some(&identity.zone)).err();
        alone.or_else(|| self.read(now, identity).err().filter(|(wrong, _)| *wrong == at).map(|(_, why)| why))
    }

    /// What is asked for.
    ///
    /// # Errors
    /// The first field that cannot be understood, or that does not go with the others, and why.
    pub fn read(&self, now: Timestamp, identity: &Identity) -> Result<Rollout, (usize, Say)> {
        let mut rollout = Rollout::default();
        for (at, (rule, text)) in Rule::ALL.into_iter().zip(&self.texts()).enumerate() {
            if !text.is_empty() {
                rollout.set(rule, text, now, Some(&identity.zone)).map_err(|why| (at, why))?;
            }
        }
        let place = |rule: Rule| Rule::ALL.iter().position(|other| *other == rule).unwrap_or(0);
        rollout.check(identity.has_waves, now).map_err(|(rule, why)| (place(rule), why))?;
        Ok(rollout)
    }
}

/// The same as flags of a command; moments as they were understood, whenever and wherever it is typed.
pub fn flags(texts: &RuleTexts, asked: &Rollout) -> String {
    let typed = Rule::ALL.into_iter().zip(texts).filter(|(_, text)| !text.is_empty());
    let flags = typed.map(|(rule, text)| {
        let moment = match rule {
            Rule::StartAt => asked.schedule.start_at,
            Rule::ExpireAt => asked.schedule.expire_at,
            _ => None,
        };
        flag(rule.flag(), &moment.map_or_else(|| text.clone(), |moment| moment.to_string()))
    });
    flags.collect()
}
