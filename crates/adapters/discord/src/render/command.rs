//! Commands as they are registered, and the digest by which a change is known.

use chat::{Access, Autocomplete, CommandKind, CommandSpec, OptionKind, OptionSpec, clip};
use kernel::ApplicationId;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The largest whole number that Discord takes as a limit.
const INTEGER_MAX: i64 = (1 << 53) - 1;

/// The body that replaces all global commands.
pub(crate) fn commands_body(specs: &[CommandSpec]) -> Value {
    Value::Array(specs.iter().map(command).collect())
}

/// A digest of what is registered for an application.
pub(crate) fn digest_of(application: ApplicationId, body: &Value) -> String {
    let mut digest = Sha256::new();
    digest.update(application.to_string());
    digest.update(body.to_string());
    digest
        .finalize()
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn command(spec: &CommandSpec) -> Value {
    let mut body = Map::new();
    body.insert("name".into(), json!(spec.name));
    body.insert("contexts".into(), json!([0]));
    let kind = match spec.kind {
        CommandKind::Slash => 1,
        CommandKind::UserMenu => 2,
        CommandKind::MessageMenu => 3,
    };
    body.insert("type".into(), json!(kind));
    if let Access::Holders(permissions) = spec.access {
        let bits = permissions.bits().to_string();
        body.insert("default_member_permissions".into(), json!(bits));
    }
    if spec.kind == CommandKind::Slash {
        body.insert("description".into(), json!(clip(spec.description, 100)));
        body.insert("options".into(), options(&spec.options));
    }
    Value::Object(body)
}

fn options(specs: &[OptionSpec]) -> Value {
    Value::Array(specs.iter().map(option).collect())
}

fn option(spec: &OptionSpec) -> Value {
    let mut body = json!({"name": spec.name, "description": clip(spec.description, 100)});
    let kind = match &spec.kind {
        OptionKind::SubCommand(inner) => {
            body["options"] = options(inner);
            1
        }
        OptionKind::Text {
            max_length,
            autocomplete,
            choices,
        } => {
            body["max_length"] = json!((*max_length).clamp(1, 6_000));
            body["autocomplete"] = json!(*autocomplete == Autocomplete::Offered);
            if !choices.is_empty() {
                let shown = choices.iter().take(25);
                let pair = |choice: &chat::Choice| json!({"name": clip(&choice.name, 100), "value": choice.value});
                body["choices"] = Value::Array(shown.map(pair).collect());
            }
            3
        }
        OptionKind::Integer { min, max } => {
            body["min_value"] = json!((*min).clamp(-INTEGER_MAX, INTEGER_MAX));
            body["max_value"] = json!((*max).clamp(-INTEGER_MAX, INTEGER_MAX));
            4
        }
        OptionKind::Boolean => 5,
        OptionKind::User => 6,
        OptionKind::Channel => 7,
        OptionKind::Role => 8,
    };
    body["type"] = json!(kind);
    if kind != 1 {
        body["required"] = json!(spec.required);
    }
    body
}

#[cfg(test)]
mod tests {
    use chat::{Access, AnswerKind, CommandKind, CommandSpec, OptionKind, OptionSpec, Permissions};
    use kernel::ApplicationId;
    use serde_json::json;

    use super::{commands_body, digest_of};

    fn pay() -> CommandSpec {
        CommandSpec {
            name: "pay",
            description: "Pay a member",
            kind: CommandKind::Slash,
            options: vec![OptionSpec {
                name: "amount",
                description: "How many coins",
                kind: OptionKind::Integer {
                    min: 1,
                    max: i64::MAX,
                },
                required: true,
            }],
            access: Access::Holders(Permissions::MANAGE_GUILD),
            answer: AnswerKind::Public,
        }
    }

    #[test]
    fn a_command_is_registered_with_its_permissions_and_limits() {
        let expected = json!([{
            "name": "pay", "type": 1, "description": "Pay a member", "contexts": [0],
            "default_member_permissions": "32",
            "options": [{"type": 4, "name": "amount", "description": "How many coins", "required": true,
                "min_value": 1, "max_value": 9_007_199_254_740_991_i64}],
        }]);
        assert_eq!(commands_body(&[pay()]), expected);
    }

    #[test]
    fn the_digest_changes_with_the_commands_and_the_application() {
        let (one, two) = (
            ApplicationId::new(1).unwrap(),
            ApplicationId::new(2).unwrap(),
        );
        let body = commands_body(&[pay()]);
        assert_eq!(
            digest_of(one, &body),
            digest_of(one, &commands_body(&[pay()]))
        );
        assert_ne!(digest_of(one, &body), digest_of(two, &body));
        assert_ne!(digest_of(one, &body), digest_of(one, &commands_body(&[])));
    }
}
