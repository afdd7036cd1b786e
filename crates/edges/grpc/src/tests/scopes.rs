//! What a guild's token opens, method by method; a method without a row fails.

use std::collections::BTreeSet;

use app::flows::tokens;
use platform::{TOKEN_SCOPES, TokenScope};
use prost::Message;
use tonic::{Code, Request, Status, client::Grpc as AnyClient, metadata::MetadataValue};
use tonic_prost::ProstCodec;

use super::{
    refused::Details,
    scene::{Scene, scene},
};
use crate::{generated::guildhall_v1::GetSupplyRequest, methods};

/// Each method with the scope that it needs.
const METHODS: [(&str, &str); 20] = [
    ("Audit/Get", "audit:read"),
    ("Audit/Search", "audit:read"),
    ("Config/Get", "config:read"),
    ("Config/History", "config:read"),
    ("Config/Put", "config:write"),
    ("Config/RollBack", "config:write"),
    ("Economy/CreateTransfer", "economy:write"),
    ("Economy/GetAccount", "economy:read"),
    ("Economy/GetLeaderboard", "economy:read"),
    ("Economy/GetSupply", "economy:read"),
    ("Economy/ListTransfers", "economy:read"),
    ("Memory/Forget", "memory:write"),
    ("Memory/List", "memory:read"),
    ("Moderation/DeleteRule", "moderation:write"),
    ("Moderation/GetCase", "moderation:read"),
    ("Moderation/ListCases", "moderation:read"),
    ("Moderation/ListRules", "moderation:read"),
    ("Moderation/PutRule", "moderation:write"),
    ("Moderation/TryText", "moderation:read"),
    ("Moderation/UndoCase", "moderation:write"),
];

/// Calls a method in a guild. All requests begin with the guild, so any of them carries it.
async fn call(scene: &Scene, path: &str, token: &str, guild: &str) -> Result<(), Status> {
    let mut client = AnyClient::new(scene.channel.clone());
    client.ready().await.unwrap();
    let asked = GetSupplyRequest {
        guild_id: guild.to_owned(),
    };
    let mut request = Request::new(asked);
    let value = MetadataValue::try_from(format!("Bearer {token}")).unwrap();
    request.metadata_mut().insert("authorization", value);
    let codec = ProstCodec::<GetSupplyRequest, Nothing>::default();
    let answer = client.unary(request, path.parse().unwrap(), codec).await;
    answer.map(drop)
}

/// Whatever is answered.
#[derive(Clone, PartialEq, Message)]
struct Nothing {}

#[test]
fn every_method_has_a_row() {
    let rows = METHODS.map(|(method, _)| format!("/guildhall.v1.{method}"));
    assert_eq!(methods::paths(), BTreeSet::from(rows));
}

#[tokio::test]
async fn g1_a_token_opens_what_its_scope_says_in_its_guild_alone() {
    let scene = scene().await;
    for held in TOKEN_SCOPES {
        let (_, token) = scene.token(&[held]).await;
        for (method, needed) in METHODS {
            let (path, needed) = (format!("/guildhall.v1.{method}"), needed.parse().unwrap());
            let answered = call(&scene, &path, &token, "77").await;
            let code = answered.as_ref().err().map(Status::code);
            let closed = code == Some(Code::PermissionDenied);
            assert_eq!(
                closed,
                !TokenScope::covers(held, needed),
                "{held}: {method}: {code:?}"
            );
            assert_ne!(code, Some(Code::Unauthenticated), "{held}: {method}");
            if let (true, Err(status)) = (closed, answered) {
                let reason = Details::of(&status).reason();
                assert_eq!(reason.reason, "SCOPE_MISSING");
                assert_eq!(reason.metadata["scope"], needed.to_string());
            }
            let elsewhere = call(&scene, &path, &token, "78").await.unwrap_err();
            assert_eq!(elsewhere.code(), Code::NotFound, "{method}");
        }
    }
}

#[tokio::test]
async fn g1_a_revoked_token_opens_nothing_from_that_moment_on() {
    let scene = scene().await;
    let (id, token) = scene.token(&["economy:read".parse().unwrap()]).await;
    let path = "/guildhall.v1.Economy/GetSupply";
    call(&scene, path, &token, "77").await.unwrap();
    let core = scene.door.core();
    let op = core.admission().cli("77".parse().unwrap(), "revoke");
    assert!(tokens::revoke(core, op, id).await.unwrap().is_some());
    let status = call(&scene, path, &token, "77").await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated, "{status}");
}
