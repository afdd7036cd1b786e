//! Interactions: commands, typing, presses, choices and forms.

use std::collections::BTreeMap;

use chat::{
    Asker, Given, IncomingMessage, InteractionToken, Invocation, Invoked, OptionValue, Permissions,
    TargetUser,
};
use kernel::{Id, Locale, Timestamp, UserId};

use super::{
    DecodeError, shape,
    wire::{
        ComponentWire, InteractionWire, MemberWire, OptionWire, ResolvedWire, UsedWire, moment,
        shown_name,
    },
};

const FORM_DEPTH_MAX: u8 = 4;

/// Reads an interaction that came in at `now`.
pub(crate) fn interaction(json: &str, now: Timestamp) -> Result<Invocation, DecodeError> {
    let mut wire: InteractionWire = shape("an interaction", json)?;
    let used = wire.data.take().unwrap_or_default();
    if !is_token(&wire.token) {
        return Err(DecodeError::Missing("token that fits into an address"));
    }
    let asker = asker(&wire)?;
    let users = targets(&used.resolved);
    let invoked = match wire.kind {
        2 => command(used, &wire)?,
        3 => component(used, &wire)?,
        4 => typing(used)?,
        5 => form(used),
        found => {
            return Err(DecodeError::Unknown {
                what: "kind",
                found,
            });
        }
    };
    Ok(Invocation {
        id: wire.id,
        application: wire.application_id,
        token: InteractionToken::new(wire.token),
        guild: wire.guild_id,
        channel: wire.channel_id,
        asker,
        locale: wire
            .locale
            .as_deref()
            .map_or_else(Locale::english, Locale::of_tag),
        made_at: wire.id.made_at(),
        received_at: now,
        invoked,
        users,
    })
}

/// A token stands in a path: nothing in it may lead elsewhere.
fn is_token(token: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=+".contains(&byte);
    (1..=512).contains(&token.len()) && token.bytes().all(fits)
}

fn asker(wire: &InteractionWire) -> Result<Asker, DecodeError> {
    let member = wire.member.as_ref();
    let user = member
        .and_then(|member| member.user.as_ref())
        .or(wire.user.as_ref())
        .ok_or(DecodeError::Missing("user"))?;
    Ok(Asker {
        user: user.id,
        name: shown_name(user, member),
        is_bot: user.bot,
        roles: member
            .map(|member| member.roles.clone())
            .unwrap_or_default(),
        permissions: member.and_then(permissions),
    })
}

fn permissions(member: &MemberWire) -> Option<Permissions> {
    let bits = member.permissions.as_deref()?.parse().ok()?;
    Some(Permissions::from_bits(bits))
}

fn targets(resolved: &ResolvedWire) -> BTreeMap<UserId, TargetUser> {
    let target = |(id, user): (&UserId, &super::wire::UserWire)| {
        let member = resolved.members.get(id);
        let target = TargetUser {
            name: shown_name(user, member),
            is_bot: user.bot,
            is_member: member.is_some(),
            roles: member
                .map(|member| member.roles.clone())
                .unwrap_or_default(),
            permissions: member.and_then(permissions),
            joined_at: member.and_then(|member| moment(member.joined_at.as_ref())),
            timed_out_until: member
                .and_then(|member| moment(member.communication_disabled_until.as_ref())),
        };
        (*id, target)
    };
    resolved.users.iter().map(target).collect()
}

fn command(mut used: UsedWire, wire: &InteractionWire) -> Result<Invoked, DecodeError> {
    let target = |used: &UsedWire| used.target_id.clone().ok_or(DecodeError::Missing("target"));
    match used.kind {
        2 => Ok(Invoked::UserMenu {
            target: parsed(&target(&used)?)?,
            name: used.name,
        }),
        3 => {
            let target = parsed(&target(&used)?)?;
            let message = used.resolved.messages.remove(&target);
            let message = message.and_then(|message| message.read(wire.application_id).ok()?);
            let guild = wire.guild_id;
            Ok(Invoked::MessageMenu {
                target,
                // It comes without its guild, which is the interaction's.
                message: message.map(|message| Box::new(IncomingMessage { guild, ..message })),
                name: used.name,
            })
        }
        1 => Ok(Invoked::Command(given(used)?.0)),
        found => Err(DecodeError::Unknown {
            what: "command's kind",
            found,
        }),
    }
}

fn typing(used: UsedWire) -> Result<Invoked, DecodeError> {
    let (given, focused) = given(used)?;
    let (option, partial) = focused.ok_or(DecodeError::Missing("option being typed"))?;
    Ok(Invoked::Typing {
        given,
        option,
        partial,
    })
}

/// The name and text of the option being typed.
type Focused = Option<(String, String)>;

fn given(used: UsedWire) -> Result<(Given, Focused), DecodeError> {
    let mut names = Vec::new();
    let mut level = used.options;
    // A group holds sub-commands, a sub-command holds values: two levels at most.
    while let [only] = level.as_mut_slice()
        && matches!(only.kind, 1 | 2)
        && names.len() < 2
    {
        names.push(std::mem::take(&mut only.name));
        level = std::mem::take(&mut only.options);
    }
    let (mut options, mut focused) = (BTreeMap::new(), None);
    for option in level {
        if option.focused {
            focused = Some((option.name, as_text(&option.value)));
        } else {
            let value = value_of(&option)?;
            options.insert(option.name, value);
        }
    }
    let given = Given {
        name: used.name,
        sub: (!names.is_empty()).then(|| names.join(" ")),
        options,
    };
    Ok((given, focused))
}

fn as_text(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn value_of(option: &OptionWire) -> Result<OptionValue, DecodeError> {
    let missing = DecodeError::Missing("readable option");
    let text = || option.value.as_str().ok_or(missing.clone());
    match option.kind {
        3 => Ok(OptionValue::Text(text()?.to_owned())),
        4 => option
            .value
            .as_i64()
            .map(OptionValue::Integer)
            .ok_or(missing),
        5 => option
            .value
            .as_bool()
            .map(OptionValue::Boolean)
            .ok_or(missing),
        6 => Ok(OptionValue::User(parsed(text()?)?)),
        7 => Ok(OptionValue::Channel(parsed(text()?)?)),
        8 => Ok(OptionValue::Role(parsed(text()?)?)),
        found => Err(DecodeError::Unknown {
            what: "option's kind",
            found,
        }),
    }
}

fn parsed<K>(text: &str) -> Result<Id<K>, DecodeError> {
    text.parse()
        .map_err(|_| DecodeError::Missing("readable id"))
}

fn component(used: UsedWire, wire: &InteractionWire) -> Result<Invoked, DecodeError> {
    let message = wire
        .message
        .as_ref()
        .ok_or(DecodeError::Missing("message"))?
        .id;
    let custom_id = used.custom_id;
    match used.component_type {
        2 => Ok(Invoked::Button { custom_id, message }),
        3 | 5..=8 => Ok(Invoked::Select {
            custom_id,
            message,
            values: used.values,
        }),
        found => Err(DecodeError::Unknown {
            what: "component's kind",
            found,
        }),
    }
}

fn form(used: UsedWire) -> Invoked {
    let mut fields = BTreeMap::new();
    for component in used.components {
        collect_fields(component, &mut fields, FORM_DEPTH_MAX);
    }
    Invoked::Form {
        custom_id: used.custom_id,
        fields,
    }
}

/// Fields stand in rows or in labels.
fn collect_fields(component: ComponentWire, fields: &mut BTreeMap<String, String>, depth: u8) {
    if depth == 0 {
        return;
    }
    if let Some(value) = component.value {
        fields.insert(component.custom_id, value);
    } else if !component.values.is_empty() {
        fields.insert(component.custom_id, component.values.join("\n"));
    }
    let inner = component.components.into_iter();
    for held in inner.chain(component.component.map(|held| *held)) {
        collect_fields(held, fields, depth - 1);
    }
}
