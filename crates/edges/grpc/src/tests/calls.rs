//! What callers are told: who may call, what a write does, and why something is refused.

use tonic::{Code, Request, Status, client::Grpc as AnyClient, metadata::MetadataValue};
use tonic_prost::ProstCodec;

use super::{
    refused::Details,
    scene::{TOKEN, grant, scene},
};
use crate::{
    details::Found,
    generated::guildhall_v1::{
        CreateTransferRequest, GetAccountRequest, GetLeaderboardRequest, GetSupplyRequest,
        ListTransfersRequest, RankBy, RankedMember,
    },
    methods,
};

/// Calls any method with an empty message.
async fn call(
    channel: &tonic::transport::Channel,
    path: &str,
    token: Option<&str>,
) -> Result<(), Status> {
    let mut client = AnyClient::new(channel.clone());
    client.ready().await.unwrap();
    let mut request = Request::new(());
    if let Some(token) = token {
        let value = MetadataValue::try_from(token).unwrap();
        request.metadata_mut().insert("authorization", value);
    }
    let path = path.parse().unwrap();
    let answer = client.unary(request, path, ProstCodec::<(), ()>::default());
    answer.await.map(|_| ())
}

#[tokio::test]
async fn g1_without_the_right_token_every_method_is_unauthenticated() {
    let scene = scene().await;
    let mut paths: Vec<String> = methods::paths().into_iter().collect();
    assert!(paths.len() >= 20, "{paths:?}");
    paths.extend([
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo".to_owned(),
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo".to_owned(),
        "/guildhall.v1.Economy/Nothing".to_owned(),
        "/nothing.Nowhere/Nothing".to_owned(),
    ]);
    for path in &paths {
        for token in [
            None,
            Some("Bearer wrong"),
            Some("Bearer "),
            Some("Basic an-operator-token"),
            Some("bearer an-operator-token x"),
        ] {
            let status = call(&scene.channel, path, token).await.unwrap_err();
            assert_eq!(status.code(), Code::Unauthenticated, "{path} {token:?}");
            let details = Details::of(&status);
            assert_eq!(details.reason().reason, "TOKEN_MISSING");
            assert!(details.find::<Found>("RequestInfo").is_some());
        }
    }
    let bearer = format!("Bearer {TOKEN}");
    for path in &paths {
        let answered = call(&scene.channel, path, Some(&bearer)).await;
        let code = answered.err().map(|status| status.code());
        assert_ne!(code, Some(Code::Unauthenticated), "{path}");
    }
    let health = "/grpc.health.v1.Health/Check";
    call(&scene.channel, health, None).await.unwrap();
}

#[tokio::test]
async fn g1_a_guild_that_the_bot_is_not_in_is_not_found() {
    let scene = scene().await;
    let mut economy = scene.economy();
    for guild in ["78", "0", "abc", "-1", "", "99999999999999999999999"] {
        let asked = GetSupplyRequest {
            guild_id: guild.to_owned(),
        };
        let status = economy.get_supply(asked).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound, "{guild}");
        assert_eq!(Details::of(&status).reason().reason, "GUILD_UNKNOWN");
    }
    let bearer = format!("Bearer {TOKEN}");
    for path in methods::paths() {
        let status = call(&scene.channel, &path, Some(&bearer)).await;
        let code = status.map_err(|status| status.code());
        assert_eq!(code, Err(Code::NotFound), "{path}: no guild at all");
    }
}

#[tokio::test]
async fn g2_a_write_sent_again_with_its_key_gets_the_first_answer() {
    let scene = scene().await;
    let mut economy = scene.economy();
    let first = economy.create_transfer(grant("k1", 10, 50)).await.unwrap();
    let first = first.into_inner();
    assert_eq!((first.amount, first.kind.as_str()), (50, "grant"));
    assert_eq!(
        (first.from_account.as_str(), first.to_account.as_str()),
        ("faucet:grant", "purse:10")
    );
    assert_eq!(first.cause.as_ref().unwrap().kind, "api");
    assert_eq!(first.at.unwrap().seconds, 1_795_168_800);
    let again = economy.create_transfer(grant("k1", 10, 50)).await.unwrap();
    assert_eq!(again.into_inner(), first);
    let status = economy
        .create_transfer(grant("k1", 10, 51))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists, "{status}");
    let asked = GetAccountRequest {
        guild_id: "77".to_owned(),
        user_id: "10".to_owned(),
    };
    let account = economy.get_account(asked).await.unwrap().into_inner();
    assert_eq!((account.balance, account.daily_at), (50, None));
    let keyless = economy.create_transfer(grant("", 10, 1)).await.unwrap_err();
    assert_eq!(keyless.code(), Code::InvalidArgument);
    assert_eq!(
        Details::of(&keyless).field().as_deref(),
        Some("idempotency_key")
    );
}

#[tokio::test]
async fn g2_a_key_used_over_rest_is_known_here() {
    let scene = scene().await;
    let op = scene.over_rest("transfers", b"shared").await;
    let command = economy::Transfer {
        leg: economy::Leg::named("transfer"),
        from: "faucet:grant".parse().unwrap(),
        to: "purse:10".parse().unwrap(),
        amount: kernel::Amount::new(5).unwrap(),
        kind: economy::TransferKind::of_name("grant").unwrap(),
        reason: "prize".to_owned(),
    };
    let moved = app::flows::grant::transfer(scene.door.core(), op, command).await;
    let id = moved.unwrap().record.id;
    let again = scene
        .economy()
        .create_transfer(grant("shared", 10, 5))
        .await;
    assert_eq!(again.unwrap().into_inner().id, id);
}

#[tokio::test]
async fn g3_what_is_not_understood_is_refused_with_its_field() {
    let scene = scene().await;
    let mut economy = scene.economy();
    let good = grant("k", 10, 5);
    let cases = [
        (
            CreateTransferRequest {
                amount: 0,
                ..good.clone()
            },
            "amount",
        ),
        (
            CreateTransferRequest {
                amount: -5,
                ..good.clone()
            },
            "amount",
        ),
        (
            CreateTransferRequest {
                amount: 1 << 53,
                ..good.clone()
            },
            "amount",
        ),
        (
            CreateTransferRequest {
                from_account: "nowhere".to_owned(),
                ..good.clone()
            },
            "from_account",
        ),
        (
            CreateTransferRequest {
                to_account: "purse:0".to_owned(),
                ..good.clone()
            },
            "to_account",
        ),
        (
            CreateTransferRequest {
                to_account: String::new(),
                ..good.clone()
            },
            "to_account",
        ),
        (
            CreateTransferRequest {
                idempotency_key: "k".repeat(256),
                ..good
            },
            "idempotency_key",
        ),
    ];
    for (asked, field) in cases {
        let status = economy.create_transfer(asked).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{field}: {status}");
        let details = Details::of(&status);
        assert_eq!(details.field().as_deref(), Some(field), "{status}");
        assert_eq!(details.reason().reason, "FIELD_INVALID");
    }
}

#[tokio::test]
async fn g3_a_list_is_refused_with_the_field_that_is_wrong() {
    let scene = scene().await;
    let mut economy = scene.economy();
    let list = |cursor: &str, limit, user: &str| ListTransfersRequest {
        guild_id: "77".to_owned(),
        user_id: user.to_owned(),
        cursor: cursor.to_owned(),
        limit,
    };
    let lists = [
        (list("", -1, ""), "limit"),
        (list("", 201, ""), "limit"),
        (list("x", 0, ""), "cursor"),
        (list("-1", 0, ""), "cursor"),
        (list("x", 0, "10"), "cursor"),
        (list("", 0, "x"), "user_id"),
    ];
    for (asked, field) in lists {
        let status = economy.list_transfers(asked).await.unwrap_err();
        assert_eq!(Details::of(&status).field().as_deref(), Some(field));
    }
    let asked = GetLeaderboardRequest {
        guild_id: "77".to_owned(),
        by: 9,
        ..GetLeaderboardRequest::default()
    };
    let status = economy.get_leaderboard(asked).await.unwrap_err();
    assert_eq!(Details::of(&status).field().as_deref(), Some("by"));
}

#[tokio::test]
async fn a_refusal_of_the_ledger_says_why_in_values() {
    let scene = scene().await;
    let mut economy = scene.economy();
    economy.create_transfer(grant("a", 10, 5)).await.unwrap();
    let taken = CreateTransferRequest {
        from_account: "purse:10".to_owned(),
        to_account: "sink:revoke".to_owned(),
        ..grant("b", 10, 6)
    };
    let status = economy.create_transfer(taken).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status}");
    let details = Details::of(&status);
    let reason = details.reason();
    assert_eq!(reason.domain, "guildhall");
    assert!(reason.reason.starts_with("ECONOMY_"), "{reason:?}");
    assert!(
        reason.metadata.values().any(|value| value == "5"),
        "{reason:?}"
    );
    assert!(
        !details
            .find::<Found>("RequestInfo")
            .unwrap()
            .request_id
            .is_empty()
    );
    for stranger in [12, 13] {
        let status = economy
            .create_transfer(grant(&format!("s{stranger}"), stranger, 5))
            .await
            .unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
    }
    let nobody = GetAccountRequest {
        guild_id: "77".to_owned(),
        user_id: "4242".to_owned(),
    };
    assert_eq!(
        economy
            .get_account(nobody)
            .await
            .unwrap()
            .into_inner()
            .balance,
        0
    );
}

#[tokio::test]
async fn lists_are_newest_first_and_go_on_by_cursor() {
    let scene = scene().await;
    let mut economy = scene.economy();
    for number in 1..=5_u8 {
        let asked = grant(
            &format!("k{number}"),
            10 + u64::from(number % 2),
            number.into(),
        );
        economy.create_transfer(asked).await.unwrap();
    }
    let list = |cursor: String, limit, user: &str| ListTransfersRequest {
        guild_id: "77".to_owned(),
        user_id: user.to_owned(),
        cursor,
        limit,
    };
    let mut amounts = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = economy.list_transfers(list(cursor, 2, "")).await.unwrap();
        let page = page.into_inner();
        amounts.extend(page.items.iter().map(|item| item.amount));
        cursor = page.next;
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(amounts, [5, 4, 3, 2, 1]);
    let own = economy.list_transfers(list(String::new(), 0, "10")).await;
    let own = own.unwrap().into_inner().items;
    assert_eq!(
        own.iter().map(|item| item.amount).collect::<Vec<_>>(),
        [4, 2]
    );
    let asked = GetLeaderboardRequest {
        guild_id: "77".to_owned(),
        by: RankBy::Balance.into(),
        cursor: String::new(),
        limit: 1,
    };
    let board = economy.get_leaderboard(asked).await.unwrap().into_inner();
    let first = RankedMember {
        rank: 1,
        user_id: "11".to_owned(),
        value: 9,
    };
    assert_eq!((board.items, board.next.is_empty()), (vec![first], false));
    let asked = GetSupplyRequest {
        guild_id: "77".to_owned(),
    };
    let supply = economy.get_supply(asked).await.unwrap().into_inner();
    assert_eq!((supply.sum, supply.circulating), (0, 15));
    let faucet = supply
        .accounts
        .iter()
        .find(|line| line.name == "faucet:grant");
    assert_eq!(faucet.unwrap().balance, -15);
}
