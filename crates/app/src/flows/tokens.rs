//! A guild's tokens are made and revoked, and it is recorded by whom; what a token says is shown once and kept nowhere.

use std::collections::BTreeSet;

use kernel::Op;
use moderation::Reach;
use platform::{
    ApiToken, Area, TOKEN_SCOPES, Ticket, TokenCreate, TokenError, TokenId, TokenScope,
    token_digest, token_text,
};
use secrecy::SecretString;
use store::{DbError, Tx};

use super::noting::{accessed, record};
use crate::{Access, Core, Role, Standing};

/// A token that is wanted for the operation's guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateToken {
    /// What it is called, and under which name it acts.
    pub name: String,
    /// What it opens.
    pub scopes: BTreeSet<TokenScope>,
}

/// The scopes that somebody may give to a program: what they see and do in the guild themselves, and no more. Programs
/// read all words of decisions and all that is remembered, which is withheld from everybody but the operator; and they
/// take all cases back, which not every manager may.
#[must_use]
pub fn scopes_given(standing: Standing) -> Vec<TokenScope> {
    if !standing.suffices(Role::Manager, Access::Manage) {
        return Vec::new();
    }
    let withheld = withheld(standing);
    let is_open = |scope: &TokenScope| !withheld.iter().any(|closed| scope.covers(*closed));
    TOKEN_SCOPES.into_iter().filter(is_open).collect()
}

/// The scopes that they have not themselves; whatever covers one of them goes with it.
fn withheld(standing: Standing) -> Vec<TokenScope> {
    let mut withheld = Vec::new();
    if standing.role != Role::Operator {
        withheld.push(TokenScope::read(Area::Audit));
        withheld.push(TokenScope::read(Area::Memory));
    }
    // It takes every case back, bans too.
    if standing.reach() != Some(Reach::Everything) {
        withheld.push(TokenScope::write(Area::Moderation));
    }
    withheld
}

/// Makes a token, and gives what its holder needs; nobody can ask for that again.
///
/// # Errors
/// When the name or the scopes make no sense, there are too many, or the database fails.
pub async fn create(
    core: &Core,
    op: Op,
    command: CreateToken,
) -> Result<(ApiToken, SecretString), TokenError> {
    let text = token_text(&Ticket::draw(core.chance.as_ref()));
    let digest = token_digest(&text).ok_or(TokenError::NoScope)?;
    let create = TokenCreate {
        id: TokenId::new(core.ids.next()),
        digest,
        name: command.name,
        scopes: command.scopes,
    };
    let inside = core.clone();
    let work = move |tx: &mut Tx<'_>| {
        let token = platform::token_create(tx, &op, &create)?;
        let what = format!("the token {}, which may {}", named(&token), may(&token));
        record(tx, &inside, &op, &accessed(&op, "token_create", &what))?;
        Ok::<_, TokenError>(token)
    };
    let token = core.database.write("token-create", work).await?;
    Ok((token, SecretString::from(text)))
}

/// Has a token of the operation's guild open nothing any more; gives it as it was, or nothing where there is none.
///
/// # Errors
/// When the database fails.
pub async fn revoke(core: &Core, op: Op, id: TokenId) -> Result<Option<ApiToken>, DbError> {
    let inside = core.clone();
    let work = move |tx: &mut Tx<'_>| {
        let token = platform::token_named(tx, id)?;
        let token = token.filter(|token| token.guild == op.guild);
        let Some(token) = token else { return Ok(None) };
        platform::token_revoke(tx, &op, id)?;
        let what = format!("the end of the token {}", named(&token));
        record(tx, &inside, &op, &accessed(&op, "token_revoke", &what))?;
        Ok(Some(token))
    };
    core.database.write("token-revoke", work).await
}

fn named(token: &ApiToken) -> String {
    format!("`{}` ({})", token.name, token.id)
}

fn may(token: &ApiToken) -> String {
    let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
    scopes.join(", ")
}

#[cfg(test)]
mod tests {
    use super::scopes_given;
    use crate::{Access, Role, Standing};

    const fn standing(role: Role, access: Access, keeps_cases: bool, bans: bool) -> Standing {
        Standing {
            role,
            access,
            keeps_cases,
            bans,
        }
    }

    fn given(standing: Standing) -> Vec<String> {
        let scopes = scopes_given(standing);
        scopes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn nobody_gives_a_program_more_than_they_have() {
        let managers = given(standing(Role::Manager, Access::Manage, true, true));
        assert!(managers.contains(&"economy:write".to_owned()));
        for withheld in ["audit:read", "memory:read", "memory:write"] {
            assert!(!managers.contains(&withheld.to_owned()), "{managers:?}");
        }
        let operators = given(standing(Role::Operator, Access::Manage, true, true));
        assert_eq!(operators.len(), platform::TOKEN_SCOPES.len());
        for (role, access) in [
            (Role::Manager, Access::Read),
            (Role::Moderator, Access::Manage),
        ] {
            assert!(given(standing(role, access, true, true)).is_empty());
        }
    }

    /// Regression: a manager who could neither ban nor time out made a token that took cases back, and so lifted bans.
    #[test]
    fn who_may_not_take_every_case_back_gives_no_program_that_does() {
        for (keeps_cases, bans) in [(false, false), (true, false), (false, true), (true, true)] {
            let scopes = given(standing(Role::Manager, Access::Manage, keeps_cases, bans));
            let holds = |scope: &str| scopes.iter().any(|given| given == scope);
            assert!(holds("moderation:read"), "{scopes:?}");
            let takes_all_back = keeps_cases && bans;
            assert_eq!(holds("moderation:write"), takes_all_back, "{scopes:?}");
        }
    }
}
