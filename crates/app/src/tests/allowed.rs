//! What a guild sets holds within what the operator allows.

use serde_json::json;

use super::scene::{Courier, Scene};
use crate::Parts;

#[tokio::test]
async fn a_guild_spends_and_keeps_no_more_than_the_operator_allows() {
    let scene = Scene::begin_of(Courier::well(), |parts| Parts {
        retention_days_max: 7,
        shared_day_micros_max: 2_000_000,
        ..parts
    });
    let wanted = json!({
        "ai": {"caps": {"guild_day_micros": 10_000_000_000_i64, "member_day_micros": 500_000}},
        "privacy": {"retention_days": 30},
    });
    // Asking for more is no refusal, or the default would stand in the way of every other change.
    scene.configure(wanted).await;
    let config = scene.core().config(Scene::guild()).await.unwrap();
    assert_eq!(config.settings.privacy.retention_days, 7);
    let budget = scene.core().budget(&config.settings.ai);
    assert_eq!(
        (budget.guild_day_micros, budget.member_day_micros),
        (2_000_000, 500_000)
    );
    scene
        .configure(json!({"privacy": {"retention_days": 3}}))
        .await;
    let config = scene.core().config(Scene::guild()).await.unwrap();
    assert_eq!(config.settings.privacy.retention_days, 3);
    scene.end().await;
}
