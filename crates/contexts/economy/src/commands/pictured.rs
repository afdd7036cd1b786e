//! What pictures of the economy share: figures as digits, members by their accounts, words around charts.
//!
//! A picture takes texts as they are: whoever draws it escapes and cuts them. What it shows stands in its alt text too.

use chat::{Chart, Drawing, Figure, Marks, Picture, Shown};
use kernel::{Told, UserId};

use super::Talk;

impl Talk<'_> {
    /// A number of coins with their name, for places that hold no symbol.
    pub(crate) fn named_coins(&self, count: i64) -> String {
        format!("{count} {}", self.settings.currency.name)
    }

    /// A number of days in words.
    pub(crate) fn days(&self, days: i64) -> String {
        self.say(&Told::new("economy-days").with("days", days))
    }

    /// A picture of this guild.
    pub(crate) fn picture(&self, file_name: &str, alt: String, drawing: Drawing) -> Picture {
        Picture {
            file_name: file_name.to_owned(),
            alt,
            guild: self.op.guild,
            drawing,
        }
    }

    /// A chart of the days up to today.
    pub(crate) fn chart_of_days(&self, title: &'static str, days: usize, marks: Marks) -> Chart {
        let back = i64::try_from(days).unwrap_or(i64::MAX).saturating_sub(1);
        let begins = Told::new("economy-days-ago").with("days", back);
        Chart {
            title: self.word(title),
            ends: (self.say(&begins), self.word("economy-today")),
            marks,
        }
    }

    /// A figure with its name.
    pub(crate) fn figure(&self, name: &'static str, value: impl Into<String>) -> Figure {
        Figure {
            name: self.word(name),
            value: value.into(),
        }
    }

    /// A member, with the name that came along with the command, where one did.
    pub(crate) fn shown(&self, user: UserId) -> Shown {
        let asker = &self.invocation.asker;
        let name = if user == asker.user {
            Some(asker.name.clone())
        } else {
            let target = self.invocation.users.get(&user);
            target.map(|target| target.name.clone())
        };
        Shown {
            user,
            name: name.filter(|name| !name.is_empty()),
        }
    }
}

/// Thousandths as a percentage, in digits.
pub(crate) fn percent(mille: i64) -> String {
    let whole = mille.checked_div(10).unwrap_or(0);
    let tenths = mille.checked_rem(10).unwrap_or(0);
    format!("{whole}.{tenths} %")
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_share_is_told_to_a_tenth() {
        assert_eq!(
            [0, 5, 42, 1_000].map(percent),
            ["0.0 %", "0.5 %", "4.2 %", "100.0 %"]
        );
    }
}
