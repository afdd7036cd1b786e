//! Who is mentioned by a text: what it names, within what its sender allows.

use serde_json::Value;

use super::Snowflake;

/// Discord's `allowed_mentions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AllowedMentions {
    pub(crate) parse_users: bool,
    pub(crate) parse_roles: bool,
    pub(crate) parse_everyone: bool,
    pub(crate) users: Vec<Snowflake>,
    pub(crate) roles: Vec<Snowflake>,
    pub(crate) replied_user: bool,
}

impl AllowedMentions {
    /// What an ordinary message without the field may mention: everything.
    pub(crate) const fn all() -> Self {
        Self {
            parse_users: true,
            parse_roles: true,
            parse_everyone: true,
            users: Vec::new(),
            roles: Vec::new(),
            replied_user: true,
        }
    }

    /// What interactions and webhooks may mention without the field: users.
    pub(crate) fn users_only() -> Self {
        Self {
            parse_roles: false,
            parse_everyone: false,
            ..Self::all()
        }
    }

    /// Reads the field of a request; its shape was checked before.
    pub(crate) fn read(field: &Value) -> Self {
        let ids = |name: &str| -> Vec<Snowflake> {
            let listed = field[name].as_array().into_iter().flatten();
            listed.filter_map(|id| id.as_str()?.parse().ok()).collect()
        };
        let parse = |name: &str| {
            field["parse"]
                .as_array()
                .is_some_and(|kinds| kinds.iter().any(|kind| kind == name))
        };
        Self {
            parse_users: parse("users"),
            parse_roles: parse("roles"),
            parse_everyone: parse("everyone"),
            users: ids("users"),
            roles: ids("roles"),
            replied_user: field["replied_user"].as_bool().unwrap_or(false),
        }
    }
}

/// What a text names, in order and each once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) users: Vec<Snowflake>,
    pub(crate) roles: Vec<Snowflake>,
    pub(crate) everyone: bool,
}

/// Finds `<@1>`, `<@!1>`, `<@&1>`, `@everyone` and `@here`.
pub(crate) fn named(text: &str) -> Named {
    let mut found = Named {
        everyone: text.contains("@everyone") || text.contains("@here"),
        ..Named::default()
    };
    for piece in text.split("<@").skip(1) {
        let Some((inside, _)) = piece.split_once('>') else {
            continue;
        };
        let (list, digits) = match inside.strip_prefix('&') {
            Some(digits) => (&mut found.roles, digits),
            None => (&mut found.users, inside.strip_prefix('!').unwrap_or(inside)),
        };
        if let Ok(id) = digits.parse()
            && !list.contains(&id)
        {
            list.push(id);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{AllowedMentions, Named, named};
    use crate::world::Snowflake;

    #[test]
    fn a_text_names_users_roles_and_everyone() {
        let found = named("hi <@1> <@!2> <@1> <@&3> <@x> <@4 @here");
        let (users, roles) = (vec![Snowflake(1), Snowflake(2)], vec![Snowflake(3)]);
        assert_eq!(
            found,
            Named {
                users,
                roles,
                everyone: true
            }
        );
    }

    #[test]
    fn an_empty_field_allows_nothing() {
        let none = AllowedMentions::read(&serde_json::json!({"parse": []}));
        assert!(
            !none.parse_users && !none.parse_roles && !none.parse_everyone && !none.replied_user
        );
    }
}
