//! What an operator sees of models in the metrics: outcomes, tokens, cost, and the circuit's state.

use ai::Purpose;
use kernel::Span;
use metrics_exporter_prometheus::PrometheusBuilder;
use testkit::model_servers::{Format, Turn};

use super::world::{World, question};

/// The metrics after something happened on this thread alone.
fn measured(happens: impl AsyncFnOnce()) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    metrics::with_local_recorder(&recorder, || {
        crate::describe();
        runtime.block_on(happens());
    });
    recorder.handle().render()
}

fn has(text: &str, line: &str) {
    assert!(
        text.lines().any(|found| found == line),
        "`{line}` is not in\n{text}"
    );
}

#[test]
fn x4_outcomes_cost_and_the_circuit_are_measured() {
    let text = measured(async || {
        let world = World::of(Format::Openai, ai::Kind::Openai).await;
        world.server.then(Turn::Counted {
            text: "four words of answer".to_owned(),
            input: 20,
            output: 7,
        });
        assert_eq!(world.outcome(&question()).await.0, "done");
        world.server.always(Turn::Status {
            code: 500,
            retry_after: None,
        });
        for _ in 0..3 {
            world.outcome(&question()).await;
        }
        assert_eq!(world.outcome(&question()).await.0, "resting");
    });
    has(
        &text,
        r#"guildhall_ai_requests_total{provider="openai",purpose="answer",outcome="done"} 1"#,
    );
    has(
        &text,
        r#"guildhall_ai_requests_total{provider="openai",purpose="answer",outcome="unavailable"} 2"#,
    );
    has(&text, r#"guildhall_ai_breaker_state{provider="openai"} 2"#);
    has(
        &text,
        r#"guildhall_ai_tokens_total{provider="openai",direction="output"} 7"#,
    );
    assert!(
        text.contains("guildhall_ai_cost_micros_total{provider=\"openai\"}"),
        "{text}"
    );
    assert!(text.contains("guildhall_ai_first_piece_seconds"), "{text}");
}

#[test]
fn x4_a_closed_circuit_shows_again_after_recovery() {
    let text = measured(async || {
        let world = World::of(Format::Gemini, ai::Kind::Gemini).await;
        world.server.then(Turn::Status {
            code: 429,
            retry_after: Some(10),
        });
        world.outcome(&question()).await;
        world.clock.advance(Span::seconds(10));
        assert_eq!(world.outcome(&question()).await.0, "done");
    });
    has(&text, r#"guildhall_ai_breaker_state{provider="gemini"} 0"#);
    let purpose = Purpose::Answer.name();
    has(
        &text,
        &format!(
            r#"guildhall_ai_requests_total{{provider="gemini",purpose="{purpose}",outcome="rate_limited"}} 1"#
        ),
    );
}
